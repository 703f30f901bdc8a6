using System.CommandLine;
using GGLib.Configuration;

namespace GGLib.Commands;

/// <summary><c>gglib config schema</c>: the JSON schema of the configuration file.</summary>
internal sealed class ConfigSchemaCommand(Surroundings around)
    : Verb(around, "schema", "Print the JSON schema of the configuration file, for editors.")
{
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib config schema > gglib.schema.json", "then \"$schema\": \"./gglib.schema.json\" in gglib.json"),
    ];

    protected override Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        Around.Screen.Line(ConfigurationSchema.Text);
        return Task.FromResult(ExitCode.Ok);
    }
}
