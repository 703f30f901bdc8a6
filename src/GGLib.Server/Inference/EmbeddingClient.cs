using GGLib.Engine.Processes;
using GGLib.Server.Json;

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
            var (all, failed) = input.Tokens is { } given ? (given, null) : await EngineText.TokenizeAsync(runner, input.Text!, isPrompt: false, cancellation).ConfigureAwait(false);
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
        var (answer, problem) = await EngineClient.ReadAsync(runner, "/v1/embeddings", body, cancellation).ConfigureAwait(false);
        if (answer is null)
        {
            return (null, problem);
        }

        return Embedding.Parse(answer) is { } embedding
            ? (embedding, null)
            : (null, new EngineProblem(500, "the engine's answer holds no embeddings"));
    }
}
