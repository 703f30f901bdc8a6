using System.Collections.Frozen;
using System.Collections.Immutable;

namespace GGLib.Engine.Installation;

/// <summary>A llama-server that was found and answered: what to run, and what it can do.</summary>
public sealed record EngineBinary
{
    /// <summary>The llama-server file itself, absolute. Shown to people; not always what is executed (see <see cref="Command"/>).</summary>
    public required string Path { get; init; }

    /// <summary>
    /// The program and leading arguments to execute, before llama-server's own arguments. One element for an ordinary binary;
    /// the dynamic loader with its library path and the binary for relocated distribution packages.
    /// </summary>
    public required ImmutableArray<string> Command { get; init; }

    /// <summary>Where it was found.</summary>
    public required EngineOrigin Origin { get; init; }

    /// <summary>The version line that <c>--version</c> prints, for example <c>0.7.0 (build 11669, commit Debian)</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Every long and short flag in the binary's own <c>--help</c>, with its dashes, for example <c>--kv-unified</c>.</summary>
    public required FrozenSet<string> Flags { get; init; }

    /// <summary>
    /// The compute backends whose libraries lie beside the binary, lower case, for example <c>cpu</c>, <c>cuda</c>, <c>vulkan</c>,
    /// <c>hip</c>, <c>metal</c>. Empty when none is seen: a build that links them in, whose backends only a run would tell.
    /// </summary>
    public ImmutableArray<string> Backends { get; init; } = [];

    /// <summary>The kinds of speculative decoding that <c>--spec-type</c> takes, for example <c>draft-simple</c>, <c>draft-mtp</c>, <c>ngram-mod</c>; empty when the binary has no such flag.</summary>
    public ImmutableArray<string> SpeculativeTypes { get; init; } = [];

    /// <summary>Whether the binary can only compute on the CPU. False when nothing is known (see <see cref="Backends"/>): a warning must not be a guess.</summary>
    public bool IsCpuOnly => !Backends.IsDefaultOrEmpty && Backends.All(static backend => backend is "cpu" or "blas" or "rpc");

    /// <summary>Whether the binary knows a flag. Flags come and go between llama.cpp versions; an unknown one ends the child at once.</summary>
    public bool Supports(string flag) => Flags.Contains(flag);
}
