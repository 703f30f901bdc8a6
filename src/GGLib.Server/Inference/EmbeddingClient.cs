using System.Text.Json;
using GGLib.Engine.Processes;
using GGLib.Server.Streaming;

namespace GGLib.Server.Inference;

/// <summary>Asks a runner for embeddings; cuts inputs that are too long when that is allowed.</summary>
internal static class EmbeddingClient
{
    /// <returns>The vectors, or what went wrong.</returns>
    public static async Task<(Embedding? Embedding, EngineProblem? Problem)> EmbedAsync(IRunner runner, IReadOnlyList<EmbeddingInput> inputs, bool truncate, CancellationToken cancellation)
    {
        var (embedding, problem) = await PostAsync(runner, ComposeBody(inputs), cancellation).ConfigureAwait(false);
        if (problem is null || !IsTooLong(problem))
        {
            return (embedding, problem);
        }

        if (!truncate)
        {
            return (null, new EngineProblem(400, "the input length exceeds the context length"));
        }

        var cut = new List<EmbeddingInput>();
        foreach (var input in inputs)
        {
            var (all, failed) = input.Tokens is { } given ? (given, null) : await TokenizeAsync(runner, input.Text!, cancellation).ConfigureAwait(false);
            if (all is null)
            {
                return (null, failed);
            }

            // One place is the engine's own.
            cut.Add(EmbeddingInput.Of(all.Length < runner.ContextLength ? all : all[..(runner.ContextLength - 1)]));
        }

        return await PostAsync(runner, ComposeBody(cut), cancellation).ConfigureAwait(false);
    }

    private static byte[] ComposeBody(IReadOnlyList<EmbeddingInput> inputs) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("input"u8);
        foreach (var input in inputs)
        {
            input.Write(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static bool IsTooLong(EngineProblem problem) =>
        problem.Type is "exceed_context_size_error" || problem.Message.Contains("is too large to process", StringComparison.Ordinal);

    private static async Task<(Embedding?, EngineProblem?)> PostAsync(IRunner runner, byte[] body, CancellationToken cancellation)
    {
        var (answer, problem) = await ReadAsync(runner, "/v1/embeddings", body, cancellation).ConfigureAwait(false);
        if (answer is null)
        {
            return (null, problem);
        }

        return Embedding.Parse(answer) is { } embedding
            ? (embedding, null)
            : (null, new EngineProblem(500, "the engine's answer holds no embeddings"));
    }

    private static async Task<(int[]?, EngineProblem?)> TokenizeAsync(IRunner runner, string text, CancellationToken cancellation)
    {
        var body = WireJson.Compose(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("content"u8, text);
            writer.WriteBoolean("add_special"u8, false);
            writer.WriteEndObject();
        });
        var (answer, problem) = await ReadAsync(runner, "/tokenize", body, cancellation).ConfigureAwait(false);
        if (answer is null)
        {
            return (null, problem);
        }

        using var document = JsonDocument.Parse(answer);
        return ([.. document.RootElement.GetProperty("tokens"u8).EnumerateArray().Select(token => token.GetInt32())], null);
    }

    private static async Task<(byte[]?, EngineProblem?)> ReadAsync(IRunner runner, string path, byte[] body, CancellationToken cancellation)
    {
        var reply = await EngineClient.PostAsync(runner, path, body, cancellation).ConfigureAwait(false);
        if (reply.Problem is { } problem)
        {
            return (null, problem);
        }

        using var response = reply.Response!;
        try
        {
            return (await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false), null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return (null, new EngineProblem(500, await EngineClient.DeathMessageAsync(runner, exception.Message).ConfigureAwait(false)));
        }
    }
}
