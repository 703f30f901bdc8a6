using System.Text;
using GGLib.Engine.Scheduling;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.Dialects.OpenAI;
using GGLib.Server.EngineRequests;
using GGLib.Server.Inference;
using GGLib.Server.Json;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Pipeline;

/// <summary>
/// The routes of <c>/v1</c> that the engine speaks itself: bytes are passed on both ways, unknown fields and all, with only the model's name replaced. What a dialect
/// changes on the way is in its <see cref="RelayDialect"/>.
/// </summary>
internal sealed class RelayEndpoint(ModelDirectory models, ModelDefaults defaults, RunnerAccess runners, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context, RelayDialect dialect)
    {
        var began = time.GetTimestamp();
        using var body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        if (body.Error is { } unreadable)
        {
            await dialect.WriteErrorAsync(context, new(body.Status, unreadable), OllamaReply.Json).ConfigureAwait(false);
            return;
        }

        if (RelayedRequest.Read(body, out var wrong) is not { } request)
        {
            await RefuseAsync(context, dialect, new RelayRefusal(wrong!)).ConfigureAwait(false);
            return;
        }

        context.Notes().Model = request.Model;
        if (dialect.CheckForm(body.Json) is { } malformed)
        {
            await RefuseAsync(context, dialect, new RelayRefusal(malformed)).ConfigureAwait(false);
            return;
        }

        await models.ReadyToFind(request.Model);
        if (models.Find(request.Model) is not { } model)
        {
            await dialect.WriteErrorAsync(context, new(StatusCodes.Status404NotFound, $"model '{request.Model}' not found")).ConfigureAwait(false);
            return;
        }

        if (dialect.Check(body.Json, model, request.Model) is { } refusal)
        {
            await RefuseAsync(context, dialect, refusal).ConfigureAwait(false);
            return;
        }

        var adjustments = dialect.Adjust(body.Json, model);
        var said = dialect.Fields(body.Json, model);
        var failure = await runners.UseAsync(
            context, model, contextLength: null, KeepAliveHeader.Of(context, request.KeepAlive), began, turn => TryRelayAsync(new Relayed(context, dialect, body, request, model, adjustments, Extra(turn)), turn)).ConfigureAwait(false);
        if (failure is not null)
        {
            await WriteFailureAsync(context, dialect, failure).ConfigureAwait(false);
        }

        byte[] Extra(RunnerTurn turn)
        {
            var options = defaults.Of(model) is null ? [] : dialect.Defaults(defaults.Under(model), body.Json, turn.Runner.ContextLength);
            return said.Length == 0 ? options : options.Length == 0 ? said : [.. said, (byte)',', .. options];
        }
    }

    private static Task RefuseAsync(HttpContext context, RelayDialect dialect, RelayRefusal refusal) =>
        dialect.WriteErrorAsync(context, new(StatusCodes.Status400BadRequest, refusal.Message), refusal.IsOfModel ? OpenAIReply.Json : OllamaReply.Json);

    private static Task WriteFailureAsync(HttpContext context, RelayDialect dialect, EngineFailure failure)
    {
        if (failure is EngineFailure.QueueFull)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        return dialect.WriteErrorAsync(context, new(OllamaReply.StatusOf(failure), failure.Message));
    }

    /// <returns>False when the request is to be tried again on a fresh runner.</returns>
    private async Task<bool> TryRelayAsync(Relayed relayed, RunnerTurn turn)
    {
        var (context, dialect, body, request, model, adjustments, extra) = relayed;
        if (dialect.LoadAnswer(body.Json) is { } answerLoad)
        {
            await answerLoad(context, request).ConfigureAwait(false);
            return true;
        }

        var isRetold = adjustments.Whole;
        Func<IAnswer, IAnswer> reading = static answer => answer;
        EngineReply reply;
        try
        {
            if (dialect.Retell(body.Json, model, extra) is { } other)
            {
                isRetold = true;
                reading = other.Reading;
                reply = other.Problem is { } impossible
                    ? new(null, impossible)
                    : await EngineClient.PostAsync(turn.Runner, other.Path, other.Body, turn.Ending).ConfigureAwait(false);
            }
            else
            {
                var asked = adjustments.Apply(body, request, turn.Runner.Alias, extra);
                reply = await EngineClient.PostAsync(turn.Runner, context.Request.Path, asked, turn.Ending).ConfigureAwait(false);
                if (reply.Problem is { } refused && ConstrainedCompletion.Helps(refused) && ConstrainedChatTranslation.Applies(body.Json))
                {
                    isRetold = true;
                    reply = await ConstrainedCompletion.PostAsync(
                        turn.Runner, ConstrainedChatTranslation.Template(body.Json), prompt => ConstrainedChatTranslation.Completion(body.Json, prompt), turn.Ending).ConfigureAwait(false);
                }
            }
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

            await dialect.WriteErrorAsync(context, problem with { Type = TypeOf(problem) }).ConfigureAwait(false);
            return true;
        }

        using var response = reply.Response!;
        await (isRetold ? RetoldAnswer.WriteAsync(relayed, response, reading, turn, time) : RelayAsync(relayed, response, turn)).ConfigureAwait(false);
        return true;
    }

    private static async Task RelayAsync(Relayed relayed, HttpResponseMessage response, RunnerTurn turn)
    {
        var (context, dialect) = (relayed.Context, relayed.Dialect);
        var isStream = response.Content.Headers.ContentType?.MediaType is "text/event-stream";
        context.Response.ContentType = isStream ? "text/event-stream" : OpenAIReply.Json;
        if (isStream)
        {
            context.Response.Headers.CacheControl = "no-cache";
            context.Response.Headers["X-Accel-Buffering"] = "no";
        }

        var replacer = new AliasReplacer(Encoding.ASCII.GetBytes(turn.Runner.Alias), EscapedText.From(relayed.Request.Model));
        var relay = new ByteRelay(context.Response.BodyWriter, dialect.Stage(replacer, isStream), dialect.Texts, isStream);
        var upstream = await response.Content.ReadAsStreamAsync(turn.Ending).ConfigureAwait(false);
        await using var _ = upstream.ConfigureAwait(false);
        var whole = await relay.CopyAsync(upstream, turn.Ending, context.RequestAborted).ConfigureAwait(false);
        if (relay.GeneratedTokens is { } generated)
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
            await dialect.WriteErrorAsync(context, new(StatusCodes.Status500InternalServerError, message)).ConfigureAwait(false);
            return;
        }

        context.Notes().Error = message;
        if (isStream)
        {
            await relay.EndWithEventAsync(dialect.ComposeError(500, message, null), dialect.ErrorEvent, context.RequestAborted).ConfigureAwait(false);
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
