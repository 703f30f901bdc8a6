using System.Text;
using System.Text.Json;
using GGLib.Catalog;
using GGLib.Server.Inference;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Endpoints.OpenAI;

/// <summary>
/// <c>POST /v1/chat/completions</c> and <c>/v1/completions</c>: the engine's own dialect, so bytes are passed on both ways, unknown
/// fields and all, with only the model's name replaced.
/// </summary>
internal sealed class RelayEndpoint(ModelDirectory models, RunnerAccess runners, TimeProvider time)
{
    public Task ChatAsync(HttpContext context) => HandleAsync(context, RelayChecks.Chat);

    public Task CompletionsAsync(HttpContext context) => HandleAsync(context, static (_, model, name) =>
        model.Facts.Can(Gguf.Capability.Completion) ? null : $"\"{name}\" does not support completions");

    private async Task HandleAsync(HttpContext context, Func<JsonElement, CatalogModel, string, string?> check)
    {
        var began = time.GetTimestamp();
        using var body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        if (body.Error is { } unreadable)
        {
            await OpenAIReply.WriteRefusalAsync(context, body.Status, unreadable).ConfigureAwait(false);
            return;
        }

        if (RelayedRequest.Read(body, out var wrong) is not { } request)
        {
            await OpenAIReply.WriteRefusalAsync(context, StatusCodes.Status400BadRequest, wrong!).ConfigureAwait(false);
            return;
        }

        context.Notes().Model = request.Model;
        if (models.Find(request.Model) is not { } model)
        {
            await OpenAIReply.WriteErrorAsync(context, StatusCodes.Status404NotFound, $"model '{request.Model}' not found").ConfigureAwait(false);
            return;
        }

        if (check(body.Json, model, request.Model) is { } refusal)
        {
            await OpenAIReply.WriteRefusalAsync(context, StatusCodes.Status400BadRequest, refusal).ConfigureAwait(false);
            return;
        }

        var failure = await runners.UseAsync(
            context, model, contextLength: null, KeepAliveHeader.Of(context, request.KeepAlive), began, turn => TryRelayAsync(context, body, request, turn)).ConfigureAwait(false);
        if (failure is not null)
        {
            await OpenAIReply.WriteErrorAsync(context, failure).ConfigureAwait(false);
        }
    }

    /// <returns>False when the request is to be tried again on a fresh runner.</returns>
    private static async Task<bool> TryRelayAsync(HttpContext context, RequestBody body, RelayedRequest request, RunnerTurn turn)
    {
        var alias = Encoding.ASCII.GetBytes(turn.Runner.Alias);
        EngineReply reply;
        try
        {
            reply = await EngineClient.PostAsync(turn.Runner, context.Request.Path, request.With(body.Bytes, alias), turn.Ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            reply = new(null, new(StatusCodes.Status503ServiceUnavailable, turn.Interruption));
        }

        if (reply.Problem is { } problem)
        {
            if (turn.Retries(problem))
            {
                return false;
            }

            await OpenAIReply.WriteErrorAsync(context, problem.Status, problem.Message, TypeOf(problem)).ConfigureAwait(false);
            return true;
        }

        using var response = reply.Response!;
        await RelayAsync(context, response, new AliasReplacer(alias, EscapedText.From(request.Model)), turn).ConfigureAwait(false);
        return true;
    }

    private static async Task RelayAsync(HttpContext context, HttpResponseMessage response, AliasReplacer replacer, RunnerTurn turn)
    {
        var isStream = response.Content.Headers.ContentType?.MediaType is "text/event-stream";
        context.Response.ContentType = isStream ? "text/event-stream" : OpenAIReply.Json;
        if (isStream)
        {
            context.Response.Headers.CacheControl = "no-cache";
            context.Response.Headers["X-Accel-Buffering"] = "no";
        }

        var relay = new ByteRelay(context.Response.BodyWriter, replacer, isStream);
        var upstream = await response.Content.ReadAsStreamAsync(turn.Ending).ConfigureAwait(false);
        await using var _ = upstream.ConfigureAwait(false);
        var whole = await relay.CopyAsync(upstream, turn.Ending, context.RequestAborted).ConfigureAwait(false);
        if (relay.Usage.GeneratedTokens is { } generated)
        {
            context.Notes().Take(relay.Usage, generated);
        }

        if (whole)
        {
            return;
        }

        var message = "an error was encountered while running the model: "
            + (turn.Ending.IsCancellationRequested ? turn.Interruption : await EngineClient.DeathMessageAsync(turn.Runner, "unexpected EOF").ConfigureAwait(false));
        if (!context.Response.HasStarted)
        {
            context.Response.Clear();
            await OpenAIReply.WriteErrorAsync(context, StatusCodes.Status500InternalServerError, message).ConfigureAwait(false);
            return;
        }

        context.Notes().Error = message;
        if (isStream)
        {
            await relay.EndWithEventAsync(OpenAIReply.ComposeError(500, message, null), context.RequestAborted).ConfigureAwait(false);
        }
        else
        {
            // Half an object under status 200 must not look whole.
            context.Abort();
        }
    }

    // The engine's own names for kinds of errors are OpenAI's where OpenAI has one.
    private static string? TypeOf(EngineProblem problem) => problem.Type is "invalid_request_error" or "exceed_context_size_error" ? problem.Type : null;
}
