using GGLib.Catalog;
using GGLib.Catalog.Creation;
using GGLib.Engine.Scheduling;
using GGLib.Server.Inference;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Ollama;

/// <summary><c>POST /api/create</c>: makes a model of another one, or of files that were sent before. A client that leaves takes its request along.</summary>
internal sealed class CreateEndpoint(ModelLibrary library, Scheduler scheduler)
{
    public async Task HandleAsync(HttpContext context)
    {
        using var body = await OllamaReply.ReadBodyAsync(context).ConfigureAwait(false);
        if (body is null)
        {
            return;
        }

        if (CreateRequest.Read(body.Json, out var mistake) is not { } request)
        {
            await OllamaReply.WriteErrorAsync(context, OllamaError.BadRequest(mistake!)).ConfigureAwait(false);
            return;
        }

        context.Notes().Model = request.Recipe.Name.Display;
        var progress = new OllamaProgress(context, request.Streams);
        if (request.Problem is { } problem)
        {
            await progress.FailAsync(OllamaError.BadRequest(problem)).ConfigureAwait(false);
            return;
        }

        if (request.BadDigest)
        {
            // Ollama has begun to read the files when it finds out.
            await progress.ReportAsync("parsing GGUF").ConfigureAwait(false);
            await progress.FailAsync(OllamaError.BadRequest(CreateRequest.InvalidDigest)).ConfigureAwait(false);
            return;
        }

        var result = await library.CreateAsync(
            request.Recipe,
            step => progress.ReportAsync(step.Status, step.Digest, step.Total, step.Completed),
            context.RequestAborted).ConfigureAwait(false);
        if (result.Failure is { } failure)
        {
            await progress.FailAsync(new OllamaError(StatusOf(failure.Fault), failure.Message)).ConfigureAwait(false);
            return;
        }

        // Another model has its name now: nobody asks for the old one any more.
        if (result.Replaced is { } replaced && ModelDirectory.KeyOf(replaced) != ModelDirectory.KeyOf(result.Model!))
        {
            await scheduler.UnloadAsync(ModelDirectory.KeyOf(replaced)).ConfigureAwait(false);
        }

        await progress.SucceedAsync().ConfigureAwait(false);
    }

    private static int StatusOf(CreateFault fault) => fault switch
    {
        CreateFault.BadRecipe or CreateFault.Unusable => StatusCodes.Status400BadRequest,

        // Also for a model that is not there, as Ollama answers: it could have been fetched.
        _ => StatusCodes.Status500InternalServerError,
    };
}
