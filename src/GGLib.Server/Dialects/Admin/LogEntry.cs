namespace GGLib.Server.Dialects.Admin;

/// <summary>A line of a model's log in the NDJSON form of <c>GET /api/gglib/logs</c>.</summary>
/// <param name="Level"><c>debug</c>, <c>info</c>, <c>warning</c> or <c>error</c>; null if the line has no level.</param>
/// <param name="Text">The whole line.</param>
internal sealed record LogEntry(string? Level, string Text);
