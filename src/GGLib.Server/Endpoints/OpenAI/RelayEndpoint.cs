using System.Text;
using System.Text.Json;
using GGLib.Catalog;
using GGLib.Engine.Launching;
using GGLib.Server.Endpoints.Ollama.Requests;
using GGLib.Server.Inference;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using GGLib.Server.Translation;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Endpoints.OpenAI;

/// <summary>
/// <c>POST /v1/chat/completions</c>, <c>/v1/completions</c> and <c>/v1/embeddings</c>: the engine's own dialect, so bytes are passed on both ways, unknown
/// fields and all, with only the model's name replaced.
/// </summary>
internal sealed class RelayEndpoint(ModelDirectory models, ModelDefaults defaults, RunnerAccess runners, TimeProvider time)
{
    public Task ChatAsync(HttpContext context) => HandleAsync(context, RelayChecks.Chat, samples: true);

    public Task CompletionsAsync(HttpContext context) => HandleAsync(context, static (_, model, name) =>
        model.Facts.Can(Gguf.Capability.Completion) ? null : $"\"{name}\" does not support completions", samples: true);

    public Task EmbeddingsAsync(HttpContext context) => HandleAsync(context, static (request, _, _) =>
        request.TryGetProperty("input"u8, out var input) && input.ValueKind is JsonValueKind.String or JsonValueKind.Array && !(input.ValueKind is JsonValueKind.Array && input.GetArrayLength() == 0)
            ? null
            : "invalid input", samples: false);

    private async Task HandleAsync(HttpContext context, Func<JsonElement, CatalogModel, string, string?> check, bool samples)
    {
        var began = time.GetTimestamp();
        using var body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        if (body.Error is { } unreadable)
        {
            await OpenAIReply.WriteErrorAsync(context, body.Status, unreadable).ConfigureAwait(false);
            return;
        }

        if (RelayedRequest.Read(body, out var wrong) is not { } request)
        {
            await OpenAIReply.WriteErrorAsync(context, StatusCodes.Status400BadRequest, wrong!).ConfigureAwait(false);
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
            await OpenAIReply.WriteErrorAsync(context, StatusCodes.Status400BadRequest, refusal).ConfigureAwait(false);
            return;
        }

        Func<int, byte[]> extra = samples && defaults.Of(model) is not null
            ? contextLength => SamplingTranslation.Missing(defaults.Under(model), body.Json, contextLength)
            : static _ => [];
        var failure = await runners.UseAsync(
            context, model, contextLength: null, KeepAliveOf(context, request), began, turn => TryRelayAsync(context, body, request, extra, turn)).ConfigureAwait(false);
        if (failure is not null)
        {
            await OpenAIReply.WriteErrorAsync(context, failure).ConfigureAwait(false);
        }
    }

    /// <returns>False when the request is to be tried again on a fresh runner.</returns>
    private static async Task<bool> TryRelayAsync(HttpContext context, RequestBody body, RelayedRequest request, Func<int, byte[]> extra, RunnerTurn turn)
    {
        var alias = Encoding.ASCII.GetBytes(turn.Runner.Alias);
        EngineReply reply;
        try
        {
            reply = await EngineClient.PostAsync(turn.Runner, context.Request.Path, request.With(body.Bytes, alias, extra(turn.Runner.ContextLength)), turn.Ending).ConfigureAwait(false);
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
        var type = response.Content.Headers.ContentType?.ToString() ?? "application/json";
        var isStream = type.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);
        context.Response.ContentType = type;
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

    private static KeepAlive? KeepAliveOf(HttpContext context, RelayedRequest request)
    {
        if (request.KeepAlive is { } given)
        {
            return given;
        }

        var header = context.Request.Headers["X-Keep-Alive"].ToString();
        return double.TryParse(header, System.Globalization.CultureInfo.InvariantCulture, out var seconds) && !double.IsNaN(seconds) ? KeepAliveField.OfSeconds(seconds)
            : header.Length > 0 && GoDuration.TryParse(header, out var duration, out _) ? KeepAlive.For(duration)
            : null;
    }

    // The engine's own names for kinds of errors are OpenAI's where OpenAI has one.
    private static string? TypeOf(EngineProblem problem) => problem.Type is "invalid_request_error" or "exceed_context_size_error" ? problem.Type : null;
}
