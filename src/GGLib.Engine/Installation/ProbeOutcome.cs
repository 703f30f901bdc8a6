using System.Collections.Frozen;
using System.Collections.Immutable;

namespace GGLib.Engine.Installation;

/// <summary>What came of running a candidate.</summary>
internal abstract record ProbeOutcome
{
    public sealed record Answered(string Version, FrozenSet<string> Flags, ImmutableArray<string> Backends, ImmutableArray<string> SpeculativeTypes) : ProbeOutcome
    {
        public EngineBinary ToBinary(string path, ImmutableArray<string> command, EngineOrigin origin) => new()
        {
            Path = path,
            Command = command,
            Origin = origin,
            Version = Version,
            Flags = Flags,
            Backends = Backends,
            SpeculativeTypes = SpeculativeTypes,
        };
    }

    /// <summary>It does not run, or is no llama-server. The reason is one sentence.</summary>
    public sealed record Failed(string Reason) : ProbeOutcome;
}
