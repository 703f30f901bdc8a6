using System.CommandLine;
using GGLib.Configuration;
using GGLib.Engines;

namespace GGLib.Commands;

/// <summary><c>gglib engine path</c>: the path alone, for scripts.</summary>
internal sealed class EnginePathCommand(Surroundings around)
    : Verb(around, "path", "Print the path of the llama-server that would be used.")
{
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib engine path", "the path alone, for scripts"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        if (!(await new EngineSource(Around).FindAsync(null, cancellation).ConfigureAwait(false)).Succeeded(out var engine, out var failure))
        {
            return Around.Screen.Fail(failure);
        }

        Around.Screen.Line(engine.Path);
        return ExitCode.Ok;
    }
}
