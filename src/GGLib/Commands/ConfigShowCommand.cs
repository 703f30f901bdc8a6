using System.CommandLine;
using GGLib.Configuration;
using GGLib.Rendering;
using GGLib.Rendering.Json;

namespace GGLib.Commands;

/// <summary><c>gglib config show</c>: each setting, its value, and where it came from.</summary>
internal sealed class ConfigShowCommand : Verb
{
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly ServeOptions _options = new();

    public ConfigShowCommand(Surroundings around)
        : base(around, "show", "Show each setting, its value, and where it came from; with options of gglib up, what they would change.")
    {
        Add(_json);
        _options.AddSettingsTo(this);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib config show", "a line each"),
        new("gglib config show --json", "for scripts"),
        new("gglib config show --port 8080", "as gglib up --port 8080 would have it"),
    ];

    protected override Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        if (!Around.ReadSettings(_options.ReadSettings(line)).Succeeded(out var settings, out var failure))
        {
            return Task.FromResult(Around.Screen.Fail(failure));
        }

        if (line.GetValue(_json))
        {
            Around.Screen.Line(SettingsJson.Text(settings, Around.Configuration));
        }
        else
        {
            SettingsPage.Print(Around.Screen, settings, Around.Configuration);
        }

        return Task.FromResult(ExitCode.Ok);
    }
}
