using System.CommandLine;
using GGLib.Configuration;

namespace GGLib.Commands;

/// <summary><c>gglib config path</c>: where the configuration file is, or would be.</summary>
internal sealed class ConfigPathCommand(Surroundings around)
    : Verb(around, "path", "Print where the configuration file is looked for; it need not be there.")
{
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib config path", "the path alone, for scripts"),
    ];

    protected override Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        Around.Screen.Line(Around.Configuration.Path);
        return Task.FromResult(ExitCode.Ok);
    }
}
