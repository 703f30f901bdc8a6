using System.Text.Json;
using GGLib.Catalog;
using GGLib.Engine.Launching;
using GGLib.Gguf;
using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Requests;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Ollama;

/// <summary><c>POST /api/embed</c> and the older <c>POST /api/embeddings</c>.</summary>
internal sealed class EmbeddingEndpoints(ModelDirectory models, RunnerAccess runners, TimeProvider time)
{
    public async Task EmbedAsync(HttpContext context)
    {
        var began = time.GetTimestamp();
        using var body = await OllamaReply.ReadBodyAsync(context).ConfigureAwait(false);
        if (body is null)
        {
            return;
        }

        var request = new GoObject(body.Json, "EmbedRequest");
        var name = request.String("model");
        var keepAlive = KeepAliveField.Read(request);
        var truncate = request.Bool("truncate") ?? true;
        var dimensions = request.Int("dimensions") ?? 0;
        var options = request.Object("options", "map[string]interface {}");
        List<string>? inputs = null;
        var error = request.Error is { } mistake ? OllamaError.BadRequest(mistake)
            : name.Trim().Length == 0 ? OllamaError.ModelNotFound(name)
            : MalformedName(name) ?? ((inputs = Inputs(request)) is null ? OllamaError.BadRequest("invalid input type") : null);
        if (error is not null)
        {
            await OllamaReply.WriteErrorAsync(context, error).ConfigureAwait(false);
            return;
        }

        await RunAsync(context, name, options, keepAlive, began, async (turn, model, limit) =>
        {
            if (inputs!.Count == 0)
            {
                await OllamaReply.WriteAsync(context, writer => WriteEmbed(writer, name, [])).ConfigureAwait(false);
                return null;
            }

            // A model that cannot embed is reported by the engine, which checks that first.
            if (model.Facts.Can(Capability.Embedding) && inputs.Exists(static input => input.Length == 0))
            {
                return new InferenceFailure.InvalidRequest("input exceeds maximum context length and cannot be truncated further");
            }

            var (embedding, failure) = await EmbeddingClient.EmbedAsync(turn.Runner, [.. inputs.Select(EmbeddingInput.Of)], truncate, limit, turn.Ending).ConfigureAwait(false);
            if (embedding is null)
            {
                return failure;
            }

            var vectors = embedding.Vectors.Select(vector => Embedding.Normalized(vector, dimensions)).ToList();
            if (vectors.Any(vector => Array.Exists(vector, number => !float.IsFinite(number))))
            {
                return new InferenceFailure.InvalidRequest("embedding contains NaN or Inf values");
            }

            context.Notes().PromptTokens = embedding.PromptTokens;
            await OllamaReply.WriteAsync(context, writer => WriteEmbed(writer, name, vectors, () =>
            {
                writer.WriteNumber("total_duration"u8, Math.Max(1, time.GetElapsedTime(began).Ticks * 100));
                writer.WriteNumber("load_duration"u8, turn.LoadNanoseconds);
                writer.WriteNumber("prompt_eval_count"u8, embedding.PromptTokens);
            })).ConfigureAwait(false);
            return null;
        }).ConfigureAwait(false);
    }

    public async Task EmbeddingsAsync(HttpContext context)
    {
        var began = time.GetTimestamp();
        using var body = await OllamaReply.ReadBodyAsync(context).ConfigureAwait(false);
        if (body is null)
        {
            return;
        }

        var request = new GoObject(body.Json, "EmbeddingRequest");
        var name = request.String("model");
        var prompt = request.String("prompt");
        var keepAlive = KeepAliveField.Read(request);
        var options = request.Object("options", "map[string]interface {}");
        var error = request.Error is { } mistake ? OllamaError.BadRequest(mistake)
            : name.Trim().Length == 0 ? OllamaError.BadRequest("model is required")
            : MalformedName(name);
        if (error is not null)
        {
            await OllamaReply.WriteErrorAsync(context, error).ConfigureAwait(false);
            return;
        }

        await RunAsync(context, name, options, keepAlive, began, async (turn, _, limit) =>
        {
            var vector = Array.Empty<float>();
            if (prompt.Length > 0)
            {
                var (embedding, failure) = await EmbeddingClient.EmbedAsync(turn.Runner, [EmbeddingInput.Of(prompt)], truncate: false, limit, turn.Ending).ConfigureAwait(false);
                if (embedding is null)
                {
                    // This route reports every failure of the engine with status 500.
                    return failure is { MayRetry: true } ? failure : new InferenceFailure.EngineFailed(failure!.Message);
                }

                vector = embedding.Vectors[0];
                context.Notes().PromptTokens = embedding.PromptTokens;
            }

            await OllamaReply.WriteAsync(context, writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("embedding"u8);
                foreach (var number in vector)
                {
                    // A float told as a double, digits and all, as the real server does.
                    writer.WriteNumberValue((double)number);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }).ConfigureAwait(false);
            return null;
        }).ConfigureAwait(false);
    }

    private async Task RunAsync(
        HttpContext context,
        string name,
        JsonElement? options,
        KeepAlive? keepAlive,
        long began,
        Func<RunnerTurn, CatalogModel, int?, Task<InferenceFailure?>> work)
    {
        context.Notes().Model = name;
        if (models.Find(name) is not { } model)
        {
            await OllamaReply.WriteErrorAsync(context, OllamaError.ModelNotFoundForEmbedding(name)).ConfigureAwait(false);
            return;
        }

        if (OllamaOptions.Parse(options, out var optionError) is not { } parsed)
        {
            await OllamaReply.WriteErrorAsync(context, new OllamaError(500, optionError!)).ConfigureAwait(false);
            return;
        }

        var failure = await runners.UseAsync(context, model, parsed.ContextLength, keepAlive, began, async turn =>
        {
            InferenceFailure? refused;
            try
            {
                refused = await work(turn, model, parsed.ContextLength).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
            {
                refused = turn.Interruption;
            }

            if (refused is null)
            {
                return TurnResult.Answered;
            }

            if (turn.Retries(refused))
            {
                return TurnResult.Retry;
            }

            await OllamaReply.WriteErrorAsync(context, refused).ConfigureAwait(false);
            return OllamaErrors.StatusOf(refused) < 500 ? TurnResult.Answered : TurnResult.Failed;
        }).ConfigureAwait(false);
        if (failure is not null)
        {
            await OllamaReply.WriteErrorAsync(context, failure).ConfigureAwait(false);
        }
    }

    private static OllamaError? MalformedName(string name) => ModelNameCheck.Failure(name) is { } malformed ? OllamaError.BadRequest(malformed.Message) : null;

    /// <summary>The inputs: a string, or an array of strings. Nothing to embed loads the model. Null when the input is something else.</summary>
    private static List<string>? Inputs(GoObject request)
    {
        switch (request.Raw("input"))
        {
            case null:
                return [];
            case { ValueKind: JsonValueKind.String } text:
                return text.GetString() is { Length: > 0 } one ? [one] : [];
            case { ValueKind: JsonValueKind.Array } array when array.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String):
                return [.. array.EnumerateArray().Select(item => item.GetString()!)];
            default:
                return null;
        }
    }

    private static void WriteEmbed(Utf8JsonWriter writer, string name, IReadOnlyList<float[]> vectors, Action? writeMetrics = null)
    {
        writer.WriteStartObject();
        writer.WriteString("model"u8, name);
        writer.WriteStartArray("embeddings"u8);
        foreach (var vector in vectors)
        {
            writer.WriteStartArray();
            foreach (var number in vector)
            {
                writer.WriteNumberValue(number);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writeMetrics?.Invoke();
        writer.WriteEndObject();
    }
}
