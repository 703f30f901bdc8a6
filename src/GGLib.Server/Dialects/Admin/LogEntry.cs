namespace GGLib.Server.Dialects.Admin;

/// <summary>A line of a model's log, as <c>GET /api/gglib/logs</c> writes it for programs.</summary>
/// <param name="Level"><c>debug</c>, <c>info</c>, <c>warning</c> or <c>error</c>; null when the line carries none.</param>
/// <param name="Text">The whole line.</param>
internal sealed record LogEntry(string? Level, string Text);
