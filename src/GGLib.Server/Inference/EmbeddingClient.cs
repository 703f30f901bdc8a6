using GGLib.Engine.Processes;
using GGLib.Server.Failures;
using GGLib.Server.Json;

namespace GGLib.Server.Inference;

/// <summary>Asks a runner for embeddings and truncates inputs that are too long, if allowed.</summary>
internal static class EmbeddingClient
{
    private const string TooLong = "the input length exceeds the context length";

    /// <summary>Embeds inputs.</summary>
    /// <param name="runner">The runner.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="truncate">Whether an input that is too long is cut; otherwise it is an error.</param>
    /// <param name="limit">The context in tokens that the client asks for; null for the runner's. More than the runner has means the runner's.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The vectors, or why there are none.</returns>
    public static async Task<(Embedding? Embedding, InferenceFailure? Failure)> EmbedAsync(
        IRunner runner, IReadOnlyList<EmbeddingInput> inputs, bool truncate, int? limit, CancellationToken cancellation)
    {
        if (limit < runner.ContextLength)
        {
            var (limited, overlong) = await LimitAsync(runner, inputs, truncate, limit.Value, cancellation).ConfigureAwait(false);
            return limited is null ? (null, overlong) : await PostAsync(runner, ComposeBody(limited), cancellation).ConfigureAwait(false);
        }

        var (embedding, failure) = await PostAsync(runner, ComposeBody(inputs), cancellation).ConfigureAwait(false);
        if (failure is not InferenceFailure.ContextExceeded)
        {
            return (embedding, failure);
        }

        if (!truncate)
        {
            return (null, new InferenceFailure.InvalidRequest(TooLong));
        }

        var (cut, failed) = await LimitAsync(runner, inputs, truncate, runner.ContextLength, cancellation).ConfigureAwait(false);
        return cut is null ? (null, failed) : await PostAsync(runner, ComposeBody(cut), cancellation).ConfigureAwait(false);
    }

    /// <summary>The inputs, with those cut that are longer than a context.</summary>
    private static async Task<(List<EmbeddingInput>? Inputs, InferenceFailure? Failure)> LimitAsync(
        IRunner runner, IReadOnlyList<EmbeddingInput> inputs, bool truncate, int context, CancellationToken cancellation)
    {
        // The engine adds one token of its own.
        var most = context - 1;
        if (most <= 0)
        {
            return (null, new InferenceFailure.InvalidRequest("input after truncation exceeds maximum context length"));
        }

        var cut = new List<EmbeddingInput>();
        foreach (var input in inputs)
        {
            var (all, failed) = input.Tokens is { } given ? (given, null) : await EngineText.TokenizeAsync(runner, input.Text!, isPrompt: false, cancellation).ConfigureAwait(false);
            if (all is null)
            {
                return (null, failed);
            }

            if (all.Length > most && !truncate)
            {
                return (null, new InferenceFailure.InvalidRequest(TooLong));
            }

            cut.Add(all.Length > most ? EmbeddingInput.Of(all[..most]) : input);
        }

        return (cut, null);
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
