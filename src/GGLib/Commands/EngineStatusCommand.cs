using System.CommandLine;
using GGLib.Configuration;
using GGLib.Engine.Hardware;
using GGLib.Engine.Installation;
using GGLib.Engines;
using GGLib.Rendering.Json;

namespace GGLib.Commands;

/// <summary><c>gglib engine status</c>: which llama-server runs the models. Succeeds when there is one.</summary>
internal sealed class EngineStatusCommand : Verb
{
    private readonly Option<bool> _json = CommonOptions.Json();

    public EngineStatusCommand(Surroundings around)
        : base(around, "status", "Show which llama-server would be used, and what this machine has.") => Add(_json);

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib engine status", "a few lines"),
        new("gglib engine status --json", "for scripts"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        (await new EngineSource(Around).FindAsync(null, cancellation).ConfigureAwait(false)).Succeeded(out var engine, out var failure);
        var gpus = GpuDetection.Detect().Select(static gpu => gpu.Description).ToList();
        if (line.GetValue(_json))
        {
            Around.Screen.Line(ProgramJson.Text(new EngineStatusJson
            {
                Found = engine is not null,
                Path = engine?.Path,
                Version = engine?.Version,
                Origin = engine is null ? null : Word(engine.Origin),
                Backends = engine?.Backends,
                Gpus = gpus,
                Message = failure?.Message ?? (engine is null ? null : EngineSource.IdleGpu(engine)),
            }));
            return failure?.Code ?? ExitCode.Ok;
        }

        if (engine is null)
        {
            return Around.Screen.Fail(failure!);
        }

        Fact("llama-server", engine.Version);
        Fact("path", engine.Path);
        Fact("found by", EngineSource.Describe(engine.Origin));
        Fact("backends", engine.Backends.IsDefaultOrEmpty ? "built in" : string.Join(", ", engine.Backends));
        Fact("GPUs", gpus.Count == 0 ? "none seen" : string.Join("; ", gpus));
        if (EngineSource.IdleGpu(engine) is { } warning)
        {
            Around.Screen.Note(warning);
        }

        return ExitCode.Ok;
    }

    private void Fact(string label, string value) => Around.Screen.Line($"{Around.Screen.Paint.Dim(label.PadRight(14))}{value}");

    private static string Word(EngineOrigin origin) => origin switch
    {
        EngineOrigin.Configured or EngineOrigin.File => "configured",
        EngineOrigin.Environment => "environment",
        EngineOrigin.SearchPath => "path",
        _ => "installed",
    };
}
