using System.Text.Json;
using GGLib.Engine.Launching;
using GGLib.Engine.Scheduling;
using GGLib.Server.Endpoints.Ollama.Requests;
using GGLib.Server.Inference;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace GGLib.Server.Endpoints.Ollama;

/// <summary><c>POST /api/embed</c> and the older <c>POST /api/embeddings</c>.</summary>
internal sealed class EmbeddingEndpoints(ModelDirectory models, Scheduler scheduler, TimeProvider time, IHostApplicationLifetime lifetime)
{
    public async Task EmbedAsync(HttpContext context)
    {
        var began = time.GetTimestamp();
        using var body = await OllamaEndpoint.ReadBodyAsync(context).ConfigureAwait(false);
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
        var inputs = Inputs(request);
        if (request.Error is { } error)
        {
            await OllamaReply.WriteErrorAsync(context, OllamaError.BadRequest(error)).ConfigureAwait(false);
            return;
        }

        await RunAsync(context, name, options, keepAlive, began, name.Length == 0 ? OllamaError.ModelNotFound("") : OllamaError.ModelNotFoundForEmbedding(name), async (runner, load, cancellation) =>
        {
            if (inputs.Count == 0)
            {
                await OllamaReply.WriteAsync(context, writer => WriteEmbed(writer, name, [])).ConfigureAwait(false);
                return null;
            }

            if (inputs.Any(input => input.Length == 0))
            {
                return new EngineProblem(400, "input exceeds maximum context length and cannot be truncated further");
            }

            var (embedding, problem) = await EmbeddingClient.EmbedAsync(runner, inputs, truncate, cancellation).ConfigureAwait(false);
            if (embedding is null)
            {
                return problem;
            }

            var vectors = embedding.Vectors.Select(vector => Embedding.Normalized(vector, dimensions)).ToList();
            if (vectors.Any(vector => Array.Exists(vector, number => !float.IsFinite(number))))
            {
                return new EngineProblem(400, "embedding contains NaN or Inf values");
            }

            context.Notes().PromptTokens = embedding.PromptTokens;
            await OllamaReply.WriteAsync(context, writer => WriteEmbed(writer, name, vectors, () =>
            {
                writer.WriteNumber("total_duration"u8, Nanoseconds(began));
                writer.WriteNumber("load_duration"u8, load);
                writer.WriteNumber("prompt_eval_count"u8, embedding.PromptTokens);
            })).ConfigureAwait(false);
            return null;
        }).ConfigureAwait(false);
    }

    public async Task EmbeddingsAsync(HttpContext context)
    {
        var began = time.GetTimestamp();
        using var body = await OllamaEndpoint.ReadBodyAsync(context).ConfigureAwait(false);
        if (body is null)
        {
            return;
        }

        var request = new GoObject(body.Json, "EmbeddingRequest");
        var name = request.String("model");
        var prompt = request.String("prompt");
        var keepAlive = KeepAliveField.Read(request);
        var options = request.Object("options", "map[string]interface {}");
        if (request.Error is { } error)
        {
            await OllamaReply.WriteErrorAsync(context, OllamaError.BadRequest(error)).ConfigureAwait(false);
            return;
        }

        var unknown = name.Length == 0 ? OllamaError.BadRequest("model is required") : OllamaError.ModelNotFoundForEmbedding(name);
        await RunAsync(context, name, options, keepAlive, began, unknown, async (runner, _, cancellation) =>
        {
            var vector = Array.Empty<float>();
            if (prompt.Length > 0)
            {
                var (embedding, problem) = await EmbeddingClient.EmbedAsync(runner, [prompt], truncate: false, cancellation).ConfigureAwait(false);
                if (embedding is null)
                {
                    // This route's failures are all 500, whatever the engine said.
                    return problem! with { Status = 500 };
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
        OllamaError unknown,
        Func<Engine.Processes.IRunner, long, CancellationToken, Task<EngineProblem?>> work)
    {
        context.Notes().Model = name;
        if (models.Find(name) is not { } model)
        {
            await OllamaReply.WriteErrorAsync(context, unknown).ConfigureAwait(false);
            return;
        }

        if (OllamaOptions.Parse(options, out var optionError) is not { } parsed)
        {
            await OllamaReply.WriteErrorAsync(context, new OllamaError(500, optionError!)).ConfigureAwait(false);
            return;
        }

        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            var result = await scheduler.AcquireAsync(ModelDirectory.ForEngine(model), parsed.ContextLength, keepAlive, leaving.Token).ConfigureAwait(false);
            if (result.Failure is { } failure)
            {
                await OllamaReply.WriteErrorAsync(context, failure).ConfigureAwait(false);
                return;
            }

            using var lease = result.Lease!;
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(leaving.Token, lease.Runner.Stopping);
            var load = Nanoseconds(began);
            context.Notes().LoadNanoseconds = load;
            if (await work(lease.Runner, load, ending.Token).ConfigureAwait(false) is { } problem)
            {
                await OllamaReply.WriteErrorAsync(context, new OllamaError(problem.Status, problem.Message)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left; that is no error.
        }
        catch (OperationCanceledException)
        {
            await OllamaReply.WriteErrorAsync(context, new EngineFailure.ShuttingDown()).ConfigureAwait(false);
        }
    }

    /// <summary>The inputs: a string, or an array of strings. Nothing to embed loads the model.</summary>
    private static List<string> Inputs(GoObject request)
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
                request.Fail("invalid input type");
                return [];
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

    private long Nanoseconds(long began) => Math.Max(1, time.GetElapsedTime(began).Ticks * 100);
}
