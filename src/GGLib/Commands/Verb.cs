using System.CommandLine;
using GGLib.Configuration;

namespace GGLib.Commands;

/// <summary>A verb of the command line: its help ends with examples.</summary>
internal abstract class Verb : Command
{
    protected Verb(Surroundings around, string name, string description)
        : base(name, description)
    {
        Around = around;
        SetAction(RunAsync);
    }

    /// <summary>At least one.</summary>
    public abstract IReadOnlyList<Example> Examples { get; }

    protected Surroundings Around { get; }

    /// <summary>Does it.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    protected abstract Task<int> RunAsync(ParseResult line, CancellationToken cancellation);
}
