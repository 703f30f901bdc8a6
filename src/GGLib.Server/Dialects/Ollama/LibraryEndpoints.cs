using System.Diagnostics.CodeAnalysis;
using GGLib.Catalog;
using GGLib.Engine.Scheduling;
using GGLib.Server.Inference;
using GGLib.Server.Requests;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Ollama;

/// <summary><c>POST /api/copy</c> and <c>DELETE /api/delete</c>.</summary>
internal sealed class LibraryEndpoints(ModelLibrary library, Scheduler scheduler)
{
    public async Task CopyAsync(HttpContext context)
    {
        using var body = await OllamaReply.ReadBodyAsync(context).ConfigureAwait(false);
        if (body is null)
        {
            return;
        }

        var request = new GoObject(body.Json, "CopyRequest");
        var (source, destination) = (request.String("source"), request.String("destination"));
        context.Notes().Model = source;
        await EndAsync(context, () => Task.FromResult(Copy(request.Error, source, destination))).ConfigureAwait(false);
    }

    public async Task DeleteAsync(HttpContext context)
    {
        using var body = await OllamaReply.ReadBodyAsync(context).ConfigureAwait(false);
        if (body is null)
        {
            return;
        }

        var request = new GoObject(body.Json, "DeleteRequest");
        var (model, deprecated) = (request.String("model"), request.String("name"));
        var name = model.Length > 0 ? model : deprecated;
        context.Notes().Model = name;
        await EndAsync(context, () => RemoveAsync(request.Error, name)).ConfigureAwait(false);
    }

    private OllamaError? Copy(string? mistake, string source, string destination)
    {
        if (mistake is not null)
        {
            return OllamaError.BadRequest(mistake);
        }

        if (!IsName(source, out _))
        {
            return OllamaError.BadRequest($"source {OllamaError.Quoted(source)} is invalid");
        }

        if (!IsName(destination, out var name))
        {
            return OllamaError.BadRequest($"destination {OllamaError.Quoted(destination)} is invalid");
        }

        return library.Copy(source, name) is null ? new OllamaError(StatusCodes.Status404NotFound, $"model {OllamaError.Quoted(source)} not found") : null;

        // This route does not ignore white space around a name.
        static bool IsName(string text, [NotNullWhen(true)] out ModelName? name) => ModelLibrary.TryName(text, out name) && text.Length == text.Trim().Length;
    }

    private async Task<OllamaError?> RemoveAsync(string? mistake, string name)
    {
        if (mistake is not null)
        {
            return OllamaError.BadRequest(mistake);
        }

        if (name.Trim().Length == 0)
        {
            return OllamaError.BadRequest("model is required");
        }

        if (!ModelName.TryParse(name, out _))
        {
            return OllamaError.BadRequest($"name {OllamaError.Quoted(name)} is invalid");
        }

        if (library.Catalog.Find(name) is not { } model)
        {
            return OllamaError.ModelNotFound(name);
        }

        // Before its file goes: nobody is given a runner of it any more.
        await scheduler.UnloadAsync(ModelDirectory.KeyOf(model)).ConfigureAwait(false);
        return library.Remove(name) is null ? OllamaError.ModelNotFound(name) : null;
    }

    private static async Task EndAsync(HttpContext context, Func<Task<OllamaError?>> change)
    {
        OllamaError? error;
        try
        {
            error = await change().ConfigureAwait(false);
        }
        catch (CatalogException exception)
        {
            error = new OllamaError(StatusCodes.Status500InternalServerError, exception.Message);
        }

        if (error is not null)
        {
            await OllamaReply.WriteErrorAsync(context, error).ConfigureAwait(false);
            return;
        }

        context.Response.ContentLength = 0;
    }
}
