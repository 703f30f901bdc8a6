using System.CommandLine;
using GGLib.Configuration;
using GGLib.Engines;

namespace GGLib.Commands;

/// <summary><c>gglib engine install</c>: llama-server into gglib's own folder.</summary>
internal sealed class EngineInstallCommand : Verb
{
    private readonly Option<bool> _update = new("--update") { Description = "Install anew even when a working one is there; the old one stays until the new one has run" };

    public EngineInstallCommand(Surroundings around)
        : base(around, "install", "Install llama-server into gglib's own folder; nothing else on the machine is touched.") => Add(_update);

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib engine install", "install, unless it is there already"),
        new("gglib engine install --update", "the newest one"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        var source = new EngineSource(Around);
        if (!(await source.InstallAsync(line.GetValue(_update), cancellation).ConfigureAwait(false)).Succeeded(out var engine, out var failure))
        {
            return Around.Screen.Fail(failure);
        }

        Around.Screen.Line($"llama-server {engine.Version}  {Around.Screen.Paint.Dim(engine.Path)}");
        if (EngineSource.IdleGpu(engine) is { } warning)
        {
            Around.Screen.Note(warning);
        }

        // One that was named, or lies on PATH, goes first.
        if ((await source.FindAsync(null, cancellation).ConfigureAwait(false)).Value is { } used && used.Path != engine.Path)
        {
            Around.Screen.Note($"Another one is used before it: {used.Path} ({EngineSource.Describe(used.Origin)})");
        }

        return ExitCode.Ok;
    }
}
