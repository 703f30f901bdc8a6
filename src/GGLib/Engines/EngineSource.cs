using GGLib.Configuration;
using GGLib.Engine.Hardware;
using GGLib.Engine.Installation;
using GGLib.Engine.Launching;
using GGLib.Rendering;

namespace GGLib.Engines;

/// <summary>Gets a llama-server: finds one, or installs one.</summary>
internal sealed class EngineSource(Surroundings around)
{
    /// <summary>What to do about a missing engine.</summary>
    public const string Remedy = "Install one with: gglib engine install";

    /// <summary>One that is there, never installing any.</summary>
    /// <param name="named">What <c>--engine</c> says.</param>
    /// <param name="cancellation">Stops looking.</param>
    public async Task<Attempt<EngineBinary>> FindAsync(string? named, CancellationToken cancellation)
    {
        if (!around.ReadSettings().Succeeded(out var settings, out var failure))
        {
            return failure;
        }

        switch (await SearchAsync(named, settings, cancellation).ConfigureAwait(false))
        {
            case EngineSearch.Found found:
                foreach (var passedOver in found.PassedOver)
                {
                    around.Screen.Note(passedOver);
                }

                return found.Engine;
            case EngineSearch.Unusable unusable:
                return new CommandFailure(ExitCode.NoEngine, $"'{unusable.Path}', named by {Describe(unusable.Origin)}, cannot be used: {unusable.Reason}");
            case EngineSearch.Missing missing:
                return new CommandFailure(ExitCode.NoEngine, string.Join('\n', ["There is no llama-server. " + Remedy, .. missing.PassedOver]));
            default:
                throw new InvalidOperationException("A search has three outcomes.");
        }
    }

    /// <summary>One that is there, else a new install.</summary>
    /// <param name="named">What <c>--engine</c> says; when that does not run, nothing else is tried.</param>
    /// <param name="mayInstall">Whether installing has been agreed to already.</param>
    /// <param name="cancellation">Stops looking and installing; nothing half installed is left.</param>
    public async Task<Attempt<EngineBinary>> FindOrInstallAsync(string? named, bool mayInstall, CancellationToken cancellation)
    {
        if (!around.ReadSettings().Succeeded(out var settings, out var failure))
        {
            return failure;
        }

        var search = await SearchAsync(named, settings, cancellation).ConfigureAwait(false);
        if (search is not EngineSearch.Missing missing)
        {
            return await FindAsync(named, cancellation).ConfigureAwait(false);
        }

        foreach (var passedOver in missing.PassedOver)
        {
            around.Screen.Note(passedOver);
        }

        if (around.CanAsk && !mayInstall && !await Question.AskAsync(around, $"llama-server, which runs the models, is not installed. Install it into {Folder}?", cancellation).ConfigureAwait(false))
        {
            return new CommandFailure(ExitCode.NoEngine, "Without a llama-server no model can run. " + Remedy + ", or name one with --engine /path/to/llama-server");
        }

        return await InstallAsync(replace: false, cancellation).ConfigureAwait(false);
    }

    /// <summary>Installs into gglib's own folder, showing how far it is.</summary>
    public async Task<Attempt<EngineBinary>> InstallAsync(bool replace, CancellationToken cancellation)
    {
        if (!around.ReadSettings().Succeeded(out var settings, out var failure))
        {
            return failure;
        }

        var began = around.Time.GetTimestamp();
        around.Screen.Line($"Installing llama-server into {Folder} (nothing else on this machine is touched)");
        var installer = new EngineInstaller(new EngineInstallerOptions { DataFolder = around.DataFolder, Replace = replace, Provider = settings.Text(ProgramSettings.EngineProvider) });
        var result = await InstallDisplay.ShowAsync(around.Screen, progress => installer.InstallAsync(progress, cancellation)).ConfigureAwait(false);
        switch (result)
        {
            case InstallResult.Installed installed:
                foreach (var passedOver in installed.PassedOver)
                {
                    around.Screen.Line($"  not from {passedOver.Provider}: {passedOver.Reason}");
                }

                around.Screen.Line($"  installed from {installed.Provider} in {Quantity.Seconds(around.Time.GetElapsedTime(began))}");
                return installed.Engine;
            case InstallResult.Failed failed:
                return new CommandFailure(ExitCode.NoEngine, string.Join('\n', ["llama-server could not be installed. " + failed.Remedy, .. failed.Reasons.Select(static reason => $"  {reason.Provider}: {reason.Reason}")]));
            default:
                throw new InvalidOperationException("An installation has two outcomes.");
        }
    }

    /// <summary>One sentence for a machine whose GPU stays idle; null when there is nothing to say.</summary>
    public static string? IdleGpu(EngineBinary engine) =>
        engine.IsCpuOnly && GpuDetection.Detect() is [var gpu, ..]
            ? $"This machine has a GPU ({gpu.Description}), but this llama-server computes on the CPU only. Name one built for the GPU with --engine or {EngineLocator.EnvironmentVariable}: https://github.com/ggml-org/llama.cpp/releases"
            : null;

    /// <summary>Where a llama-server came from, in words.</summary>
    public static string Describe(EngineOrigin origin) => origin switch
    {
        EngineOrigin.Configured => "--engine",
        EngineOrigin.File => ConfigurationFile.FileName,
        EngineOrigin.Environment => EngineLocator.EnvironmentVariable,
        EngineOrigin.SearchPath => "PATH",
        _ => "installed by gglib",
    };

    /// <summary>The environment is looked at by the search itself; the file comes after it.</summary>
    private Task<EngineSearch> SearchAsync(string? named, Settings settings, CancellationToken cancellation) =>
        new EngineLocator(around.DataFolder).FindAsync(named, settings[ProgramSettings.Engine].Winner is { Origin.Kind: OriginKind.File } file ? file.Text : null, cancellation);

    private string Folder => Path.Combine(around.DataFolder, "engine");
}
