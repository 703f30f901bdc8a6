using System.Runtime.CompilerServices;
using GGLib.Catalog;
using GGLib.Catalog.Registries;
using GGLib.Client;
using GGLib.Client.Wire;
using GGLib.Configuration;
using GGLib.Library;
using GGLib.Rendering;

namespace GGLib.Transfers;

/// <summary>
/// Pulls and pushes models and shows how it goes: through the running server of the same library, which also unloads what is replaced and pulls nothing twice, else
/// directly.
/// </summary>
internal sealed class TransferRun(Surroundings around)
{
    /// <summary>How a failure of Ollama's pull begins, on the wire.</summary>
    public const string PullRefused = "pull model manifest: ";

    // Ollama's word for it, on the wire.
    private const string NoSuchModel = "file does not exist";

    /// <summary>Pulls a model into the library. Null when it is there.</summary>
    public async Task<CommandFailure?> PullAsync(string name, bool insecure, CancellationToken cancellation)
    {
        if (RemoteName.Parse(name, out var wrong) is not { } remote)
        {
            return Failed(name, wrong!.Fault, wrong.Message);
        }

        if (!around.Transfers.Succeeded(out var options, out var failure))
        {
            return failure;
        }

        using var server = await LibraryServer.FindAsync(around, cancellation).ConfigureAwait(false);
        if (server is not null)
        {
            return await PullAsync(server, name, insecure, cancellation).ConfigureAwait(false);
        }

        using var catalog = ModelCatalog.Open(around.DataFolder, around.Time);
        var transfers = new ModelTransfers(ModelLibrary.Of(catalog, around.Time), options, around.Time);
        await using (transfers.ConfigureAwait(false))
        {
            return await ShowAsync(name, StepsOf(transfers.PullAsync(remote, insecure, cancellation), cancellation)).ConfigureAwait(false);
        }
    }

    /// <summary>Has a server pull a model into its own library. Null when it is there.</summary>
    public Task<CommandFailure?> PullAsync(OllamaClient server, string name, bool insecure, CancellationToken cancellation) =>
        ShowAsync(name, server.PullAsync(new TransferQuestion(name, insecure), cancellation));

    /// <summary>Pushes a model of the library. Null when the registry has it.</summary>
    public async Task<CommandFailure?> PushAsync(string name, bool insecure, CancellationToken cancellation)
    {
        if (RemoteName.Parse(name, out var wrong) is not RemoteName.Registry remote)
        {
            return Failed(name, TransferFault.InvalidName, wrong?.Message ?? "only a registry that speaks Ollama's protocol can be pushed to");
        }

        if (!around.Transfers.Succeeded(out var options, out var failure))
        {
            return failure;
        }

        using var catalog = ModelCatalog.Open(around.DataFolder, around.Time);
        if (catalog.Find(name) is not { } model)
        {
            return new CommandFailure(
                ExitCode.NoModel, $"There is no model '{SafeText.OneLine(name)}' in the library. A model goes where its name says: gglib cp MODEL {SafeText.OneLine(name)}, and push again.");
        }

        using var server = await LibraryServer.FindAsync(around, cancellation).ConfigureAwait(false);
        if (server is not null)
        {
            return await ShowAsync(name, server.PushAsync(new TransferQuestion(name, insecure), cancellation)).ConfigureAwait(false);
        }

        var transfers = new ModelTransfers(ModelLibrary.Of(catalog, around.Time), options, around.Time);
        await using (transfers.ConfigureAwait(false))
        {
            return await ShowAsync(name, StepsOf(transfers.PushAsync(model, remote, insecure, cancellation), cancellation)).ConfigureAwait(false);
        }
    }

    /// <summary>A failure's message without the model's name at its head.</summary>
    public static string WithoutName(string name, string message) => message.StartsWith(Prefix(name), StringComparison.Ordinal) ? message[Prefix(name).Length..] : message;

    /// <summary>A failure's message in words for people.</summary>
    public static string Plain(string message)
    {
        var text = message.StartsWith(PullRefused, StringComparison.OrdinalIgnoreCase) ? message[PullRefused.Length..] : message;
        return text.TrimEnd('.') is NoSuchModel ? "the registry has no such model" : text;
    }

    private static string Advice(TransferFault? fault, string message) => fault switch
    {
        TransferFault.Insecure => " --insecure allows it.",
        TransferFault.DigestMismatch => " What came is not what was announced, and was thrown away: try again, or tell who keeps it.",
        TransferFault.Unreachable when message.Contains(TransferFailure.NoHttps, StringComparison.Ordinal) => " If it speaks plain HTTP, --insecure allows that.",
        _ => "",
    };

    private static string Prefix(string name) => $"'{SafeText.OneLine(name, 400)}': ";

    private Task<CommandFailure?> ShowAsync(string name, IAsyncEnumerable<Attempt<ProgressPiece>> steps) => TransferDisplay.WithAsync<CommandFailure?>(around.Screen, around.Time, async display =>
    {
        await foreach (var piece in steps.ConfigureAwait(false))
        {
            if (!piece.Succeeded(out var step, out var failure))
            {
                return failure;
            }

            if (step.Error is { } error)
            {
                return Failed(name, Enum.TryParse<TransferFault>(step.Fault, out var fault) ? fault : null, error);
            }

            if (step.Status is not "success")
            {
                display.Show(step);
            }
        }

        display.Finish();
        return null;
    });

    private static async IAsyncEnumerable<Attempt<ProgressPiece>> StepsOf(IAsyncEnumerable<PullProgress> steps, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var step in steps.WithCancellation(cancellation).ConfigureAwait(false))
        {
            yield return new ProgressPiece
            {
                Status = step.Status,
                Digest = step.Digest,
                Total = step.Total,
                Completed = step.Completed,
                Error = step.Failure?.Message,
                Fault = step.Failure?.Fault.ToString(),
            };
        }
    }

    private static CommandFailure Failed(string name, TransferFault? fault, string message)
    {
        var text = SafeText.OneLine(Plain(message), 2000).TrimEnd('.');
        return new CommandFailure(
            fault switch
            {
                TransferFault.InvalidName or TransferFault.Insecure => ExitCode.Usage,
                TransferFault.NotFound or TransferFault.Unsupported => ExitCode.NoModel,
                TransferFault.Unauthorized or TransferFault.Busy or TransferFault.Unreachable or TransferFault.BadAnswer or TransferFault.DigestMismatch => ExitCode.Network,
                TransferFault.DiskFull or TransferFault.Storage => ExitCode.Disk,
                _ => ExitCode.Failure,
            },
            $"{Prefix(name)}{text}.{Advice(fault, message)}");
    }
}
