using System.Text.Json;
using GGLib.Engine.Processes;
using GGLib.Server.Json;

namespace GGLib.Server.Inference;

/// <summary>What a runner does with text besides answering: tokens of a text, text of tokens, a chat as its template writes it. Each gives a result or a problem.</summary>
internal static class EngineText
{
    /// <summary>A text's tokens; special tokens in it are taken for such.</summary>
    /// <param name="runner">The runner.</param>
    /// <param name="text">The text.</param>
    /// <param name="isPrompt">Whether it is a whole prompt: then it begins as the model wants prompts to begin.</param>
    /// <param name="cancellation">Given up.</param>
    public static async Task<(int[]? Tokens, EngineProblem? Problem)> TokenizeAsync(IRunner runner, string text, bool isPrompt, CancellationToken cancellation)
    {
        var (answer, problem) = await PostAsync(runner, "/tokenize", writer =>
        {
            writer.WriteString("content"u8, text);
            writer.WriteBoolean("add_special"u8, isPrompt);
        }, cancellation).ConfigureAwait(false);
        return answer is null ? (null, problem) : Parse(answer, static root => root.GetProperty("tokens"u8).EnumerateArray().Select(static token => token.GetInt32()).ToArray(), "tokens");
    }

    /// <summary>The text of tokens.</summary>
    public static async Task<(string? Text, EngineProblem? Problem)> DetokenizeAsync(IRunner runner, IReadOnlyList<int> tokens, CancellationToken cancellation)
    {
        var (answer, problem) = await PostAsync(runner, "/detokenize", writer => WriteTokens(writer, tokens), cancellation).ConfigureAwait(false);
        return answer is null ? (null, problem) : Parse(answer, static root => root.GetProperty("content"u8).GetString(), "text");
    }

    /// <summary>A chat as the model's template writes it.</summary>
    /// <param name="runner">The runner.</param>
    /// <param name="chat">The body of a chat request.</param>
    /// <param name="cancellation">Given up.</param>
    public static async Task<(string? Text, EngineProblem? Problem)> ApplyTemplateAsync(IRunner runner, ReadOnlyMemory<byte> chat, CancellationToken cancellation)
    {
        var (answer, problem) = await EngineClient.ReadAsync(runner, "/apply-template", chat, cancellation).ConfigureAwait(false);
        return answer is null ? (null, problem) : Parse(answer, static root => root.GetProperty("prompt"u8).GetString(), "prompt");
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

    private static Task<(byte[]? Answer, EngineProblem? Problem)> PostAsync(IRunner runner, string path, Action<Utf8JsonWriter> write, CancellationToken cancellation) =>
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

    private static (T? Value, EngineProblem? Problem) Parse<T>(byte[] answer, Func<JsonElement, T?> read, string what)
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
            // Told below.
        }

        return (null, new EngineProblem(500, $"the engine's answer holds no {what}"));
    }
}
