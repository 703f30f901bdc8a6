using GGLib.Catalog;
using GGLib.Catalog.Blobs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace GGLib.Server.Dialects.Ollama;

/// <summary><c>HEAD</c> and <c>POST /api/blobs/:digest</c>: whether a file is here, and sending it.</summary>
internal sealed class BlobEndpoint(ModelLibrary library)
{
    public Task HandleAsync(HttpContext context)
    {
        if (!BlobDigest.TryParse(context.GetRouteValue("digest") as string, out var digest))
        {
            return OllamaReply.WriteErrorAsync(context, OllamaError.BadRequest("invalid digest format"));
        }

        var isHere = library.FileOf(digest) is not null;
        return HttpMethods.IsHead(context.Request.Method)
            ? isHere ? DoneAsync(context, StatusCodes.Status200OK) : OllamaReply.WriteErrorAsync(context, new OllamaError(StatusCodes.Status404NotFound, $"the blob {digest} is not here"))
            : ReceiveAsync(context, digest, isHere);
    }

    private async Task ReceiveAsync(HttpContext context, BlobDigest digest, bool isHere)
    {
        // A model is as large as it is.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        if (isHere)
        {
            // Read all the same: a connection that ends while the client still sends would look like a failure to it.
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted).ConfigureAwait(false);
            await DoneAsync(context, StatusCodes.Status200OK).ConfigureAwait(false);
            return;
        }

        if (library.Blobs is not { } blobs)
        {
            await OllamaReply.WriteErrorAsync(context, new OllamaError(StatusCodes.Status501NotImplemented, "this server keeps nothing on disk")).ConfigureAwait(false);
            return;
        }

        BlobWriteResult written;
        try
        {
            library.SweepUnfinished();
            written = await blobs.WriteAsync(digest, context.Request.Body, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException and not BadHttpRequestException or UnauthorizedAccessException && !context.RequestAborted.IsCancellationRequested)
        {
            await OllamaReply.WriteErrorAsync(context, new OllamaError(StatusCodes.Status500InternalServerError, $"the blob {digest} could not be kept: {exception.Message}")).ConfigureAwait(false);
            return;
        }

        await (written.Outcome is BlobWriteOutcome.Mismatch
            ? OllamaReply.WriteErrorAsync(context, OllamaError.BadRequest($"digest mismatch, expected \"{digest}\", got \"{written.Actual}\""))
            : DoneAsync(context, written.Outcome is BlobWriteOutcome.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK)).ConfigureAwait(false);
    }

    private static Task DoneAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentLength = HttpMethods.IsHead(context.Request.Method) ? null : 0;
        return Task.CompletedTask;
    }
}
