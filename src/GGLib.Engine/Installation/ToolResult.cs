namespace GGLib.Engine.Installation;

/// <summary>How a short run of another program ended. Exactly one of exit code, start failure and time-out says so.</summary>
internal sealed record ToolResult(int? ExitCode, string Output, string Error, string? StartFailure)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>One sentence for people: what the run with these arguments ended with, and its last words.</summary>
    public string Describe(string what)
    {
        if (StartFailure is not null)
        {
            return EndSentence(StartFailure);
        }

        if (ExitCode is not { } code)
        {
            return $"{what} did not end in time.";
        }

        var words = LastLine(Error) ?? LastLine(Output);
        return words is null ? $"{what} ended with code {code}." : $"{what} ended with code {code}: {EndSentence(words)}";
    }

    private static string EndSentence(string text) => text.EndsWith('.') ? text : text + ".";

    private static string? LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [.., var last] ? last : null;
}
