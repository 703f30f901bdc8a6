using System.CommandLine;
using GGLib.Configuration;
using GGLib.Engine.Installation;
using GGLib.Engines;
using GGLib.Rendering;
using GGLib.Serving;

namespace GGLib.Commands;

/// <summary>A verb that starts a server and stays until it is told to stop.</summary>
internal abstract class ServingVerb(Surroundings around, string name, string description) : Verb(around, name, description)
{
    protected sealed override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        try
        {
            if (!(await StartAsync(line, cancellation).ConfigureAwait(false)).Succeeded(out var server, out var failure))
            {
                return Around.Screen.Fail(failure);
            }

            await using (server.ConfigureAwait(false))
            {
                if (await WelcomeAsync(server, cancellation).ConfigureAwait(false) is { } problem)
                {
                    return Around.Screen.Fail(problem);
                }

                server.Requests.Begin();
                await server.WaitAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Told to stop before it was ready. That is no failure either.
        }

        Around.Screen.Line("Stopped.");
        return ExitCode.Ok;
    }

    protected abstract Task<Attempt<RunningServer>> StartAsync(ParseResult line, CancellationToken cancellation);

    /// <summary>What is said once it listens, and before the first request is printed.</summary>
    /// <returns>Null to go on.</returns>
    protected abstract Task<CommandFailure?> WelcomeAsync(RunningServer server, CancellationToken cancellation);

    /// <summary>Says what a user should know of the engine.</summary>
    protected void WarnOfIdleGpu(EngineBinary engine)
    {
        if (EngineSource.IdleGpu(engine) is { } warning)
        {
            Around.Screen.Note(warning);
        }
    }

    protected string Describe(ServedModels models)
    {
        // The one that is asked first leads.
        var first = models.First();
        var names = string.Join(", ", models.Models.OrderByDescending(model => model == first).Take(6).Select(static model => model.Name.Display));
        var more = models.Models.Count > 6 ? $" and {Quantity.Whole(models.Models.Count - 6)} more" : "";
        return names + more + (models.AreDemo ? Around.Screen.Paint.Dim("  (bundled demo models: the library is empty)") : "");
    }
}
