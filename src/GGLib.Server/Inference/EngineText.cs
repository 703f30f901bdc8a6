using System.Text.Json;
using GGLib.Engine.Processes;
using GGLib.Server.Failures;
using GGLib.Server.Json;

namespace GGLib.Server.Inference;

/// <summary>A runner's text functions: tokenize, detokenize, render a chat, count tokens. Each returns a result or a failure.</summary>
internal static class EngineText
{
    /// <summary>The tokens of a text; special tokens in it are recognized.</summary>
    /// <param name="runner">The runner.</param>
    /// <param name="text">The text.</param>
    /// <param name="isPrompt">Whether it is a whole prompt, which gets the model's start token.</param>
    /// <param name="cancellation">Cancels the call.</param>
    public static async Task<(int[]? Tokens, InferenceFailure? Failure)> TokenizeAsync(IRunner runner, string text, bool isPrompt, CancellationToken cancellation)
    {
        var (answer, failure) = await PostAsync(runner, "/tokenize", writer =>
        {
            writer.WriteString("content"u8, text);
            writer.WriteBoolean("add_special"u8, isPrompt);
        }, cancellation).ConfigureAwait(false);
        return answer is null ? (null, failure) : Parse(answer, static root => root.GetProperty("tokens"u8).EnumerateArray().Select(static token => token.GetInt32()).ToArray(), "tokens");
    }

    /// <summary>The text of tokens.</summary>
    public static async Task<(string? Text, InferenceFailure? Failure)> DetokenizeAsync(IRunner runner, IReadOnlyList<int> tokens, CancellationToken cancellation)
    {
        var (answer, failure) = await PostAsync(runner, "/detokenize", writer => WriteTokens(writer, tokens), cancellation).ConfigureAwait(false);
        // llama-server reports a token that the model does not have as an internal error.
        return answer is not null ? Parse(answer, static root => root.GetProperty("content"u8).GetString(), "text")
            : (null, failure is InferenceFailure.EngineFailed or InferenceFailure.EngineRejected ? new InferenceFailure.InvalidRequest("a token is not in the model's vocabulary") : failure);
    }

    /// <summary>A chat as the model's template renders it.</summary>
    /// <param name="runner">The runner.</param>
    /// <param name="chat">The body of a chat request.</param>
    /// <param name="cancellation">Cancels the call.</param>
    public static async Task<(string? Text, InferenceFailure? Failure)> ApplyTemplateAsync(IRunner runner, ReadOnlyMemory<byte> chat, CancellationToken cancellation)
    {
        var (answer, failure) = await EngineClient.ReadAsync(runner, "/apply-template", chat, cancellation).ConfigureAwait(false);
        return answer is null ? (null, failure) : Parse(answer, static root => root.GetProperty("prompt"u8).GetString(), "prompt");
    }

    /// <summary>The number of tokens that a chat's prompt has, images included.</summary>
    /// <param name="runner">The runner.</param>
    /// <param name="chat">The body of a chat request.</param>
    /// <param name="cancellation">Cancels the call.</param>
    public static async Task<(long? Count, InferenceFailure? Failure)> CountAsync(IRunner runner, ReadOnlyMemory<byte> chat, CancellationToken cancellation)
    {
        var (answer, failure) = await EngineClient.ReadAsync(runner, "/v1/chat/completions/input_tokens", chat, cancellation).ConfigureAwait(false);
        if (answer is null)
        {
            return (null, failure);
        }

        var (count, unreadable) = Parse(answer, static root => (object)root.GetProperty("input_tokens"u8).GetInt64(), "token count");
        return ((long?)count, unreadable);
    }

    private static void WriteTokens(Utf8JsonWriter writer, IReadOnlyList<int> tokens)
    {
        writer.WriteStartArray("tokens"u8);
        foreach (var token in tokens)
        {
            writer.WriteNumberValue(token);
        }

        writer.WriteEndArray();
    }

    private static Task<(byte[]? Answer, InferenceFailure? Failure)> PostAsync(IRunner runner, string path, Action<Utf8JsonWriter> write, CancellationToken cancellation) =>
        EngineClient.ReadAsync(
            runner,
            path,
            WireJson.Compose(writer =>
            {
                writer.WriteStartObject();
                write(writer);
                writer.WriteEndObject();
            }),
            cancellation);

    private static (T? Value, InferenceFailure? Failure) Parse<T>(byte[] answer, Func<JsonElement, T?> read, string what)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            if (read(document.RootElement) is { } value)
            {
                return (value, null);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // Reported below.
        }

        return (null, new InferenceFailure.EngineFailed($"the engine's answer holds no {what}"));
    }
}
