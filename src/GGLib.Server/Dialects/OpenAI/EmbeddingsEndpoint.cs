using System.Buffers.Binary;
using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Replies;
using GGLib.Server.Requests;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>
/// <c>POST /v1/embeddings</c>. Not relayed: the engine does not know <c>dimensions</c>, an input that is too long is truncated as in Ollama, and vectors are written as
/// numbers or as base64 of little-endian single-precision floats.
/// </summary>
internal sealed class EmbeddingsEndpoint(ModelDirectory models, RunnerAccess runners, TimeProvider time)
{
    private const string InvalidInput = "invalid input";

    public async Task HandleAsync(HttpContext context)
    {
        var began = time.GetTimestamp();
        using var body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        if (body.Failure is { } unreadable)
        {
            await OpenAIErrors.WriteAsync(context, unreadable).ConfigureAwait(false);
            return;
        }

        if (CommonFields.Read(context, body, [], static _ => true, out var invalid) is not { } request)
        {
            await OpenAIErrors.WriteAsync(context, invalid!).ConfigureAwait(false);
            return;
        }

        context.Notes().Model = request.Model;
        var fields = new GoObject(body.Json, "EmbedRequest");
        var dimensions = fields.Int("dimensions") ?? 0;
        var format = fields.String("encoding_format");
        var input = fields.Raw("input");
        var error = fields.Error
            ?? (format is "" or "float" or "base64" ? null : $"encoding_format must be 'float' or 'base64', not '{format}'")
            ?? (Inputs(input) is null ? InvalidInput : null);
        if (error is not null)
        {
            await OpenAIErrors.WriteAsync(context, new InferenceFailure.InvalidRequest(error)).ConfigureAwait(false);
            return;
        }

        if (models.Find(request.Model) is not { } model)
        {
            await OpenAIErrors.WriteAsync(context, ModelNameCheck.Failure(request.Model) ?? new InferenceFailure.ModelNotFound(request.Model) with { Message = $"model \"{request.Model}\" not found, try pulling it first" }).ConfigureAwait(false);
            return;
        }

        var failure = await runners.UseAsync(context, model, contextLength: null, request.KeepAlive, began, async turn =>
        {
            var (embedding, refused) = await EmbedAsync(context, turn, Inputs(input)!).ConfigureAwait(false);
            if (refused is not null && turn.Retries(refused))
            {
                return TurnResult.Retry;
            }

            if (embedding is null)
            {
                await OpenAIErrors.WriteAsync(context, refused!).ConfigureAwait(false);
                return OpenAIErrors.StatusOf(refused!) < 500 ? TurnResult.Answered : TurnResult.Failed;
            }

            context.Notes().PromptTokens = embedding.PromptTokens;
            await JsonReply.WriteAsync(context, writer => Write(writer, request.Model, embedding, dimensions, format is "base64")).ConfigureAwait(false);
            return TurnResult.Answered;
        }).ConfigureAwait(false);
        if (failure is not null)
        {
            await OpenAIErrors.WriteAsync(context, failure).ConfigureAwait(false);
        }
    }

    private static async Task<(Embedding?, InferenceFailure?)> EmbedAsync(HttpContext context, RunnerTurn turn, List<EmbeddingInput> inputs)
    {
        try
        {
            return inputs.Any(static input => input.IsEmpty)
                ? (null, new InferenceFailure.EngineRejected("input exceeds maximum context length and cannot be truncated further", StatusCodes.Status400BadRequest, null))
                : await EmbeddingClient.EmbedAsync(turn.Runner, inputs, truncate: true, limit: null, turn.Ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return (null, turn.Interruption);
        }
    }

    /// <summary>A text, texts, tokens, or arrays of tokens; null when it is something else or absent.</summary>
    private static List<EmbeddingInput>? Inputs(JsonElement? input) => input switch
    {
        { ValueKind: JsonValueKind.String } text => [EmbeddingInput.Of(text)!],
        { ValueKind: JsonValueKind.Array } items when items.GetArrayLength() > 0 =>
            items[0].ValueKind is JsonValueKind.Number
                ? EmbeddingInput.Of(items) is { } tokens ? [tokens] : null
                : items.EnumerateArray().Select(EmbeddingInput.Of).ToList() is var all && all.TrueForAll(static item => item is not null) ? [.. all.Select(static item => item!)] : null,
        _ => null,
    };

    private static void Write(Utf8JsonWriter writer, string model, Embedding embedding, int dimensions, bool asBase64)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        for (var index = 0; index < embedding.Vectors.Count; index++)
        {
            var vector = Embedding.Normalized(embedding.Vectors[index], dimensions);
            writer.WriteStartObject();
            writer.WriteString("object"u8, "embedding"u8);
            if (asBase64)
            {
                writer.WriteBase64String("embedding"u8, LittleEndian(vector));
            }
            else
            {
                writer.WriteStartArray("embedding"u8);
                foreach (var number in vector)
                {
                    writer.WriteNumberValue(number);
                }

                writer.WriteEndArray();
            }

            writer.WriteNumber("index"u8, index);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("model"u8, model);
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("prompt_tokens"u8, embedding.PromptTokens);
        writer.WriteNumber("total_tokens"u8, embedding.PromptTokens);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static byte[] LittleEndian(float[] vector)
    {
        var bytes = new byte[vector.Length * sizeof(float)];
        for (var index = 0; index < vector.Length; index++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(index * sizeof(float)), vector[index]);
        }

        return bytes;
    }
}
