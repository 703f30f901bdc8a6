namespace GGLib.Bench.Storm;

/// <summary>A process that a server started.</summary>
/// <param name="Id">Its process id.</param>
/// <param name="Model">The model in its command line; null when it loads none: an engine that is only asked for its flags or its devices.</param>
/// <param name="Command">The command line, for the report.</param>
/// <param name="Seen">When it was first seen, as a <see cref="System.Diagnostics.Stopwatch"/> tells time.</param>
internal sealed record Child(int Id, string? Model, string Command, long Seen);
