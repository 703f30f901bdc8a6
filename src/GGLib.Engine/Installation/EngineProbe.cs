using System.Collections.Immutable;

namespace GGLib.Engine.Installation;

/// <summary>Runs a candidate with <c>--version</c> and <c>--help</c>: a file that exists proves nothing about its libraries or its CPU.</summary>
internal static class EngineProbe
{
    // A CUDA build initialises its driver before it answers, and on a cold disk reads a gigabyte of libraries first.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<ProbeOutcome> RunAsync(string path, ImmutableArray<string> command, bool ownInstall, CancellationToken cancellationToken)
    {
        var environment = ownInstall ? OwnInstallEnvironment : null;
        var runs = await Task.WhenAll(
            Tool.RunAsync(command[0], [.. command.Skip(1), "--version"], environment, Patience, null, cancellationToken),
            Tool.RunAsync(command[0], [.. command.Skip(1), "--help"], environment, Patience, null, cancellationToken)).ConfigureAwait(false);
        var (version, help) = (runs[0], runs[1]);

        if (!version.Succeeded)
        {
            return new ProbeOutcome.Failed($"It does not run: {version.Describe("--version")}");
        }

        // --version prints to stderr, older builds to stdout.
        if (VersionLine(version.Error) is not { } line && (line = VersionLine(version.Output)) is null)
        {
            return new ProbeOutcome.Failed("It answers --version without a version, so it is not a llama-server.");
        }

        if (!help.Succeeded)
        {
            return new ProbeOutcome.Failed($"It does not tell its flags: {help.Describe("--help")}");
        }

        var text = help.Output.Length > 0 ? help.Output : help.Error;
        var flags = HelpText.Flags(text);
        return flags.Contains("--model") && flags.Contains("--port")
            ? new ProbeOutcome.Answered(line, flags, BackendFiles.Beside(path), HelpText.Words(text, "--spec-type"))
            : new ProbeOutcome.Failed("Its --help knows no --model and --port, so it is not a llama-server.");
    }

    /// <summary>Null removes a variable. What was verified with the user's own library path would fail in the next terminal.</summary>
    internal static IReadOnlyDictionary<string, string?> OwnInstallEnvironment { get; } =
        new Dictionary<string, string?> { ["LD_LIBRARY_PATH"] = null, ["DYLD_LIBRARY_PATH"] = null };

    private static string? VersionLine(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("version:", StringComparison.Ordinal) && line["version:".Length..].Trim() is { Length: > 0 } version)
            {
                return version.ToString();
            }
        }

        return null;
    }
}
