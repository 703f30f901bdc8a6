using GGLib.Catalog.Registries;
using GGLib.Client;
using GGLib.Configuration;
using GGLib.Transfers;

namespace GGLib.Chat;

/// <summary>A model that is asked for and not there is pulled, as Ollama's <c>run</c> does.</summary>
internal static class MissingModel
{
    /// <summary>The name under which a model is kept that a user calls so: the same one, but for addresses and other ways to write the Hub's name.</summary>
    public static string NameOf(string asked) => Remote(asked)?.Model.Display ?? asked;

    /// <summary>The server's own name for a model, which it is told to pull when it has none such.</summary>
    public static async Task<Attempt<string>> FindOrPullAsync(Surroundings around, OllamaClient server, string asked, CancellationToken cancellation)
    {
        var found = await ServerModel.FindAsync(server, NameOf(asked), cancellation).ConfigureAwait(false);
        if (found.Failure is not { Code: ExitCode.NoModel })
        {
            return found;
        }

        // The name as it was typed is the one to speak of.
        var missing = (await ServerModel.FindAsync(server, asked, cancellation).ConfigureAwait(false)).Failure ?? found.Failure;
        return await PullAsync(around, server, asked, missing, cancellation).ConfigureAwait(false) is { } failure
            ? failure
            : await ServerModel.FindAsync(server, NameOf(asked), cancellation).ConfigureAwait(false);
    }

    /// <summary>Pulls a model, and shows that beside the output. Null when it is there.</summary>
    /// <param name="around">What is around.</param>
    /// <param name="server">Who pulls it; null: this program, into its own library.</param>
    /// <param name="asked">The model as the user calls it.</param>
    /// <param name="missing">What was said of it until now, which stays true when it cannot be pulled.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<CommandFailure?> PullAsync(Surroundings around, OllamaClient? server, string asked, CommandFailure missing, CancellationToken cancellation)
    {
        if (missing.Code is not ExitCode.NoModel || Remote(asked) is null)
        {
            return missing;
        }

        var run = new TransferRun(around with { Screen = around.Screen.Aside() });
        try
        {
            var failure = await (server is null ? run.PullAsync(asked, insecure: false, cancellation) : run.PullAsync(server, asked, insecure: false, cancellation)).ConfigureAwait(false);
            return failure is null ? null : failure with { Message = $"{missing.Message}\nIt could not be pulled: {TransferRun.WithoutName(asked, failure.Message)}" };
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new CommandFailure(ExitCode.Failure, "Stopped. What was fetched is kept: run it again to go on from there.");
        }
    }

    private static RemoteName? Remote(string asked) => File.Exists(asked) ? null : RemoteName.Parse(asked, out _);
}
