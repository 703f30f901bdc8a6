using GGLib.Engine.Processes;
using GGLib.Server.Failures;
using GGLib.Server.Json;

namespace GGLib.Server.Inference;

/// <summary>Asks a runner for embeddings and truncates inputs that are too long, if allowed.</summary>
internal static class EmbeddingClient
{
    /// <returns>The vectors, or why there are none.</returns>
    public static async Task<(Embedding? Embedding, InferenceFailure? Failure)> EmbedAsync(IRunner runner, IReadOnlyList<EmbeddingInput> inputs, bool truncate, CancellationToken cancellation)
    {
        var (embedding, failure) = await PostAsync(runner, ComposeBody(inputs), cancellation).ConfigureAwait(false);
        if (failure is not InferenceFailure.ContextExceeded)
        {
            return (embedding, failure);
        }

        if (!truncate)
        {
            return (null, new InferenceFailure.InvalidRequest("the input length exceeds the context length"));
        }

        var cut = new List<EmbeddingInput>();
        foreach (var input in inputs)
        {
            var (all, failed) = input.Tokens is { } given ? (given, null) : await EngineText.TokenizeAsync(runner, input.Text!, isPrompt: false, cancellation).ConfigureAwait(false);
            if (all is null)
            {
                return (null, failed);
            }

            // The engine adds one token of its own.
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

    private static async Task<(Embedding?, InferenceFailure?)> PostAsync(IRunner runner, byte[] body, CancellationToken cancellation)
    {
        var (answer, failure) = await EngineClient.ReadAsync(runner, "/v1/embeddings", body, cancellation).ConfigureAwait(false);
        if (answer is null)
        {
            return (null, failure);
        }

        return Embedding.Parse(answer) is { } embedding
            ? (embedding, null)
            : (null, new InferenceFailure.EngineFailed("the engine's answer holds no embeddings"));
    }
}
