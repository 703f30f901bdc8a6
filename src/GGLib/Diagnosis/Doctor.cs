using System.Collections.Immutable;
using System.Runtime.InteropServices;
using GGLib.Catalog;
using GGLib.Configuration;
using GGLib.Engine.Hardware;
using GGLib.Engine.Installation;
using GGLib.Engine.Processes;
using GGLib.Engines;
using GGLib.Rendering;
using GGLib.Serving.Ports;

namespace GGLib.Diagnosis;

/// <summary>Looks at everything a server needs on this machine. Changes nothing but what a server would make too: the data folder and the run folder.</summary>
internal sealed class Doctor(Surroundings around)
{
    private const long LittleSpace = 1_000_000_000;

    // Without these llama-server runs, but worse: each is left out when it is not known.
    private static readonly string[] WantedFlags = ["--jinja", "--log-verbosity", "--cache-ram", "--offline"];

    /// <summary>Every finding, in the order in which a start needs the things.</summary>
    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellation)
    {
        List<Finding> findings = [Program(), Machine()];
        findings.AddRange(DataFolder());
        findings.AddRange(RunFolder());
        if (!around.ReadSettings().Succeeded(out var settings, out var unreadable))
        {
            findings.Add(Finding.Bad("configuration", unreadable.Message, "Mend the file there, or move it away: gglib config path"));
            settings = Settings.Resolve(around.Environment, null);
        }
        else if (settings.File is { } file)
        {
            findings.Add(Finding.Fine("configuration", file.Path));
        }

        findings.AddRange(Variables(settings));
        findings.Add(await PortAsync(settings.Address, cancellation).ConfigureAwait(false));
        findings.AddRange(await EngineAsync(settings, cancellation).ConfigureAwait(false));
        findings.AddRange(Library());
        return findings;
    }

    private static Finding Program() =>
        Finding.Fine("gglib", $"{Surroundings.Version}, {RuntimeInformation.FrameworkDescription}");

    private static Finding Machine() => Finding.Fine(
        "machine",
        $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}, {Environment.ProcessorCount} processors, {Quantity.Bytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)} of memory");

    private IEnumerable<Finding> DataFolder()
    {
        var folder = around.DataFolder;
        Finding finding;
        try
        {
            Directory.CreateDirectory(folder);
            var trial = Path.Combine(folder, $".doctor-{Environment.ProcessId}");
            File.WriteAllText(trial, "");
            File.Delete(trial);
            var free = new DriveInfo(folder).AvailableFreeSpace;
            finding = free < LittleSpace
                ? Finding.Know("data folder", $"{folder}, with only {Quantity.Bytes(free)} free", "Free some space before adding models, or set GGLIB_HOME to a folder on a larger disk.")
                : Finding.Fine("data folder", $"{folder}, {Quantity.Bytes(free)} free");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            finding = Finding.Bad("data folder", $"{folder} cannot be written: {SafeText.OneLine(error.Message, 300)}", "Set GGLIB_HOME to a folder of your own.");
        }

        yield return finding;
    }

    private IEnumerable<Finding> RunFolder()
    {
        Finding finding;
        try
        {
            RunDirectory.Open(around.DataFolder).RemoveIfEmpty();
            finding = Finding.Fine("run folder", "private, and can be written");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            finding = Finding.Bad("run folder", SafeText.OneLine(error.Message, 300), "Set XDG_RUNTIME_DIR to a folder of your own.");
        }

        yield return finding;
        yield return ParentDeath.IsTold
            ? Finding.Fine("clean end", "the kernel ends llama-server with gglib, even when gglib is killed")
            : Finding.Know("clean end", "llama-server outlives a gglib that is killed", "Nothing needs to be done: the next start of gglib ends it.");
    }

    private IEnumerable<Finding> Variables(Settings settings)
    {
        // One variable may hold several settings, as a host and its port.
        foreach (var said in settings.All.Where(static setting => setting.Setting.Variable is not null).GroupBy(static setting => setting.Setting.Variable!))
        {
            if (around.Environment.Text(said.Key) is not { } value)
            {
                continue;
            }

            var shown = $"{said.Key}={SafeText.OneLine(value, 200)}";
            yield return said.SelectMany(static setting => setting.Ignored).FirstOrDefault(candidate => candidate.Origin.Text == said.Key) is { Ignored: { } why }
                ? Finding.Bad("variable", $"{shown} is not understood and counts as unset: it is {why}", $"Mend {said.Key}, or unset it.")
                : Finding.Fine("variable", shown);
        }
    }

    private static async Task<Finding> PortAsync(ServerAddress wanted, CancellationToken cancellation)
    {
        if ((await PortCheck.FindAsync(wanted, cancellation).ConfigureAwait(false)).Succeeded(out var address, out var failure))
        {
            return Finding.Fine("port", $"{address} is free");
        }

        // One sentence says what is wrong, the rest of it what to do.
        var (what, remedy) = failure.Message.Split(". ", 2) is [var first, var second] ? (first, second) : (failure.Message, $"Give {ServerAddress.Variable} another address.");
        return what.Contains("another gglib", StringComparison.Ordinal)
            ? Finding.Know("port", what, "Use the server that runs already, or choose another port with --port.")
            : Finding.Bad("port", what, remedy);
    }

    /// <summary>What the machine has, and what of it models may use.</summary>
    private static IEnumerable<Finding> Memory(Settings settings, ImmutableArray<GpuMemory> devices)
    {
        var host = HostMemory.Read();
        var limit = host.LimitBytes is { } most ? $"; the control group may use {Quantity.Bytes(most)}, {Quantity.Bytes(host.LimitFreeBytes ?? 0)} of it free" : "";
        yield return Finding.Fine("memory", $"{Quantity.Bytes(host.TotalBytes)}, {Quantity.Bytes(host.AvailableBytes)} of it free{limit}");
        foreach (var device in devices)
        {
            yield return Finding.Fine("GPU memory", $"{device.Name}: {SafeText.OneLine(device.Description)}, {Quantity.Bytes(device.TotalBytes)}, {Quantity.Bytes(device.FreeBytes)} of it free");
        }

        var capacity = new MachineMemory(Task.FromResult(devices)).Read(settings.Engine.MemoryBudget);
        var used = $"models may use {Quantity.Bytes(capacity.TotalBytes)} ({capacity.Reason})";
        yield return settings.Engine.MemoryBudget is { } budget && budget > capacity.TotalBytes
            ? Finding.Know("budget", $"{used}, less than the memoryBudget of {Quantity.Bytes(budget)}", "Nothing needs to be done: what is not there is not used.")
            : Finding.Fine("budget", $"{used}{(settings.Engine.MaxLoadedModels is > 0 and var places ? $", {Quantity.Whole(places)} of them at once" : "")}");
    }

    private async Task<IReadOnlyList<Finding>> EngineAsync(Settings settings, CancellationToken cancellation)
    {
        var configured = settings.Text(ProgramSettings.Engine);
        const string Subject = "llama-server";
        List<Finding> findings = [];
        var search = await new EngineLocator(around.DataFolder).FindAsync(configured, cancellation).ConfigureAwait(false);
        foreach (var passedOver in search switch { EngineSearch.Found found => found.PassedOver, EngineSearch.Missing missing => missing.PassedOver, _ => [] })
        {
            findings.Add(Finding.Know(Subject, SafeText.OneLine(passedOver, 500), $"Repair or remove it; {EngineLocator.EnvironmentVariable} names the one to use."));
        }

        var gpus = GpuDetection.Detect();
        findings.Add(Finding.Fine("GPUs", gpus.IsEmpty ? "none seen" : string.Join("; ", gpus.Select(static gpu => gpu.Description))));
        switch (search)
        {
            case EngineSearch.Found { Engine: var engine }:
                findings.Add(Finding.Fine(Subject, $"{engine.Version}, {engine.Path} ({EngineSource.Describe(engine.Origin)})"));
                findings.AddRange(Memory(settings, await GpuList.ReadAsync(engine, cancellation).ConfigureAwait(false)));
                if (WantedFlags.Where(flag => !engine.Supports(flag)).ToList() is { Count: > 0 } unknown)
                {
                    findings.Add(Finding.Know(Subject, $"it does not know {string.Join(", ", unknown)}", "Update it: gglib engine install --update"));
                }

                if (EngineSource.IdleGpu(engine) is { } idle)
                {
                    findings.Add(Finding.Know("GPUs", "this llama-server computes on the CPU only", idle));
                }

                break;
            case EngineSearch.Unusable unusable:
                findings.Add(Finding.Bad(Subject, $"'{unusable.Path}', named by {EngineSource.Describe(unusable.Origin)}, cannot be used: {SafeText.OneLine(unusable.Reason, 500)}", $"Name one that runs with {EngineLocator.EnvironmentVariable}, or unset it."));
                break;
            default:
                findings.Add(Finding.Bad(Subject, "there is none", EngineSource.Remedy));
                findings.AddRange(Memory(settings, []));
                break;
        }

        return findings;
    }

    private List<Finding> Library()
    {
        try
        {
            using var catalog = ModelCatalog.Open(around.DataFolder, around.Time);
            var models = catalog.List();
            List<Finding> findings = [Finding.Fine("library", models.IsEmpty ? "empty: the bundled demo models are served" : $"{Quantity.Whole(models.Length)} models")];
            findings.AddRange(models.Where(static model => model.IsMissing).Select(static model => Finding.Bad(
                "library",
                model.State is FileState.Missing ? $"'{model.Name.Display}': its file '{SafeText.OneLine(model.Path, 500)}' is not there" : $"'{model.Name.Display}': '{SafeText.OneLine(model.Path, 500)}' is no readable model any more",
                $"Bring the file back, or forget the model: gglib rm {model.Name.Display}")));
            return findings;
        }
        catch (Exception error) when (error is CatalogException or IOException or UnauthorizedAccessException)
        {
            return [Finding.Bad("library", SafeText.OneLine(error.Message, 500), "Set GGLIB_HOME to another folder, or repair this one.")];
        }
    }
}
