using System.Net.Http.Headers;
using System.Text.Json;
using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Rendering;

namespace GGLib.Serving.Proof;

/// <summary>Asks the server one real question through each of its APIs, over real HTTP, as a client would.</summary>
internal sealed class Prover(RunningServer server, TimeProvider time)
{
    public const string Question = "What is the capital of France?";

    private const int MostTokens = 64;

    /// <summary>Asks, one API after the other; ends with the first that fails.</summary>
    public async IAsyncEnumerable<ProofAnswer> AskAsync(CatalogModel model, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        using var http = LocalHttp.Create(server.Address);
        var chats = model.Facts.Can(Capability.Completion);
        var ollama = await TryAsync(http, "Ollama", chats ? "/api/chat" : "/api/embed", Ollama(model, chats), chats ? OllamaChat : OllamaEmbedding, cancellation).ConfigureAwait(false);
        yield return ollama;
        if (ollama.Error is null)
        {
            yield return await TryAsync(http, "OpenAI", chats ? "/v1/chat/completions" : "/v1/embeddings", OpenAI(model, chats), chats ? OpenAIChat : OpenAIEmbedding, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<ProofAnswer> TryAsync(HttpClient http, string api, string path, byte[] body, Func<JsonElement, TimeSpan, ProofAnswer> read, CancellationToken cancellation)
    {
        server.Requests.HideOne(path);
        try
        {
            var began = time.GetTimestamp();
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await http.PostAsync(path, content, cancellation).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                return new ProofAnswer(api, null, Error: $"{(int)response.StatusCode} {SafeText.OneLine(ErrorIn(text), 2000)}");
            }

            using var json = JsonDocument.Parse(text);
            return read(json.RootElement, time.GetElapsedTime(began));
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            return new ProofAnswer(api, null, Error: error.Message);
        }
    }

    private static byte[] Ollama(CatalogModel model, bool chats) => Compose(writer =>
    {
        writer.WriteString("model"u8, model.Name.Display);
        if (!chats)
        {
            writer.WriteString("input"u8, Question);
            return;
        }

        WriteMessages(writer);
        writer.WriteBoolean("stream"u8, false);
        if (model.Facts.Can(Capability.Thinking))
        {
            writer.WriteBoolean("think"u8, false);
        }

        writer.WriteStartObject("options"u8);
        writer.WriteNumber("temperature"u8, 0);
        writer.WriteNumber("num_predict"u8, MostTokens);
        writer.WriteEndObject();
    });

    private static byte[] OpenAI(CatalogModel model, bool chats) => Compose(writer =>
    {
        writer.WriteString("model"u8, model.Name.Display);
        if (!chats)
        {
            writer.WriteString("input"u8, Question);
            return;
        }

        WriteMessages(writer);
        writer.WriteNumber("temperature"u8, 0);
        writer.WriteNumber("max_tokens"u8, MostTokens);
        if (model.Facts.Can(Capability.Thinking))
        {
            writer.WriteStartObject("chat_template_kwargs"u8);
            writer.WriteBoolean("enable_thinking"u8, false);
            writer.WriteEndObject();
        }
    });

    private static void WriteMessages(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("messages"u8);
        writer.WriteStartObject();
        writer.WriteString("role"u8, "user"u8);
        writer.WriteString("content"u8, Question);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static byte[] Compose(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static ProofAnswer OllamaChat(JsonElement json, TimeSpan took)
    {
        var tokens = json.GetProperty("eval_count").GetInt64();
        var seconds = json.GetProperty("eval_duration").GetInt64() / 1e9;
        var message = json.GetProperty("message");
        return Written("Ollama", Text(message, "content"), Text(message, "thinking"), tokens, seconds > 0 ? tokens / seconds : null);
    }

    private static ProofAnswer OpenAIChat(JsonElement json, TimeSpan took)
    {
        var tokens = json.GetProperty("usage").GetProperty("completion_tokens").GetInt64();
        var rate = json.TryGetProperty("timings", out var timings) && timings.TryGetProperty("predicted_per_second", out var measured) && measured.ValueKind is JsonValueKind.Number
            ? measured.GetDouble()
            : tokens / took.TotalSeconds;
        var message = json.GetProperty("choices")[0].GetProperty("message");
        return Written("OpenAI", Text(message, "content"), Text(message, "reasoning_content"), tokens, rate);
    }

    private static ProofAnswer OllamaEmbedding(JsonElement json, TimeSpan took) =>
        Vector("Ollama", json.GetProperty("embeddings")[0], took);

    private static ProofAnswer OpenAIEmbedding(JsonElement json, TimeSpan took) =>
        Vector("OpenAI", json.GetProperty("data")[0].GetProperty("embedding"), took);

    private static ProofAnswer Vector(string api, JsonElement vector, TimeSpan took) =>
        new(api, $"a vector of {Quantity.Whole(vector.GetArrayLength())} numbers in {Quantity.Milliseconds(took)}");

    /// <summary>Some models think whatever they are told, and spend all their tokens on it: that is an answer too.</summary>
    private static ProofAnswer Written(string api, string? text, string? thinking, long tokens, double? rate) =>
        !string.IsNullOrWhiteSpace(text) ? new(api, text, tokens, rate)
        : !string.IsNullOrWhiteSpace(thinking) ? new(api, "(thinking) " + thinking, tokens, rate)
        : tokens > 0 ? new(api, "(no visible text)", tokens, rate)
        : new(api, null, Error: "the answer is empty");

    private static string? Text(JsonElement message, string name) =>
        message.TryGetProperty(name, out var text) && text.ValueKind is JsonValueKind.String ? text.GetString() : null;

    private static string ErrorIn(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.GetProperty("error") is { ValueKind: JsonValueKind.Object } error
                ? error.GetProperty("message").GetString() ?? body
                : json.RootElement.GetProperty("error").GetString() ?? body;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return body;
        }
    }
}
