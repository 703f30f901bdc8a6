using System.Collections.Immutable;

namespace GGLib.Engine.Installation;

/// <summary>What lies in one install folder. Paths are relative, or hold <see cref="RootMark"/>, so that the data folder can be moved.</summary>
internal sealed record EngineManifest(string Id, string Provider, string Binary, string[] Command)
{
    /// <summary>Stands for the install folder in <see cref="Command"/>.</summary>
    public const string RootMark = "{root}";

    /// <summary>Whether a file that was read as one has every part (the JSON reader leaves absent ones null).</summary>
    internal bool IsComplete => Provider is not null && Binary is { Length: > 0 } && Command is { Length: > 0 };

    public ImmutableArray<string> CommandIn(string root) =>
        [.. Command.Select(part => part.Replace(RootMark, root, StringComparison.Ordinal))];
}
