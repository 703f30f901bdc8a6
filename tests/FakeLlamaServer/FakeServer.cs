using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using FakeLlama.Answers;
using FakeLlama.CommandLine;
using FakeLlama.Script;
using FakeLlama.Streaming;
using FakeLlama.Wire;

namespace FakeLlama;

/// <summary>Answers requests: what llama-server's HTTP layer checks first, then the endpoint.</summary>
internal sealed class FakeServer(ServerArguments arguments, ScriptFile file, CancellationToken stopping)
{
    private readonly Recorder recorder = new();
    private readonly Slots slots = new(file.Current.Slots ?? (arguments.Parallel > 0 ? arguments.Parallel : 4));
    private readonly ConcurrentDictionary<string, int> answered = new();
    private readonly StreamSender sender = new(file, new Pacer(), stopping);
    private readonly Vocabulary vocabulary = new();
    private readonly long created = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    public bool Loaded { get; set; }

    private int Context => arguments.ContextSize > 0 ? arguments.ContextSize : ServerText.DefaultContext;

    private string Alias => arguments.Alias ?? Path.GetFileName(arguments.Model ?? "fake");

    public async Task Handle(HttpContext http)
    {
        try
        {
            await Answer(http);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client left: normal, and nobody is there to be told.
        }
        catch (JsonException broken)
        {
            await Send(http, 400, ErrorText.Invalid($"[json.exception.parse_error.101] parse error: {broken.Message}"));
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            await Send(http, 500, ErrorText.From(500, $"[json.exception.type_error.302] {wrong.Message}", "server_error"));
        }
    }

    private async Task Answer(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        if (path == "/fake/requests")
        {
            await Send(http, 200, recorder.Json);
            return;
        }

        var script = file.Current;
        var body = await recorder.Read(http.Request, script.RecordTo);
        http.Response.Headers.Server = "llama.cpp";
        http.Response.Headers.AccessControlAllowOrigin = http.Request.Headers.Origin is { Count: > 0 } origin ? origin : "";
        var health = path is "/health" or "/v1/health";
        if (health && script.HangAtHealth && file.ClaimFault())
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        }

        if (!health && !HasKey(http.Request))
        {
            await Send(http, 401, ErrorText.WrongKey);
        }
        else if (!Loaded)
        {
            await Send(http, 503, ErrorText.Loading);
        }
        else if (script.Answers.TryGetValue(path, out var answer) && IsDue(path, answer))
        {
            await Task.Delay(answer.DelayMilliseconds, http.RequestAborted);
            http.Response.ContentType = answer.ContentType;
            await Send(http, answer.Status, answer.Body);
        }
        else
        {
            await Endpoint(http, script, path, body);
        }
    }

    private Task Endpoint(HttpContext http, FakeScript script, string path, byte[] body) => (http.Request.Method, path) switch
    {
        ("GET" or "HEAD", "/health" or "/v1/health") => Send(http, 200, """{"status":"ok"}"""),
        ("GET", "/props") => Send(http, 200, ServerText.Props(arguments, Media(script), Alias, slots.Told, Context)),
        ("GET", "/models" or "/v1/models") => Send(http, 200, ServerText.Models(Media(script), Alias, Context, created)),
        ("GET", "/slots") => SlotsState(http),
        ("GET", "/metrics") => Send(http, 501, ErrorText.Unsupported("metrics endpoint. Start it with `--metrics`")),
        ("POST", "/chat/completions" or "/v1/chat/completions") => Chat(http, script, Parse(body)),
        ("POST", "/completion" or "/completions") => Completion(http, script, Parse(body)),
        ("POST", "/v1/completions") => TextCompletion(http, script, Parse(body)),
        ("POST", "/v1/embeddings") => Embeddings(http, script, Parse(body)),
        ("POST", "/rerank" or "/v1/rerank") => Send(http, 501, ErrorText.Unsupported("reranking. Start it with `--reranking`")),
        ("POST", "/infill") => Send(http, 501, ErrorText.From(501, "Infill is not supported by this model: prefix token is missing. suffix token is missing. middle token is missing. ", "not_supported_error")),
        ("POST", "/tokenize") => Send(http, 200, Tokens(Parse(body))),
        ("POST", "/detokenize") => Send(http, 200, $$"""{"content":{{JsonText.Quote(vocabulary.Text(Ints(Parse(body).GetProperty("tokens"))))}}}"""),
        ("POST", "/apply-template") => Send(http, 200, $$"""{"prompt":{{JsonText.Quote(ChatMl.Render(Parse(body).GetProperty("messages")))}}}"""),
        _ => Send(http, 404, ErrorText.NotFound),
    };

    private Task SlotsState(HttpContext http)
    {
        if (!arguments.Slots)
        {
            return Send(http, 501, ErrorText.Unsupported("slots endpoint. Start it with `--slots`"));
        }

        return http.Request.Query.ContainsKey("fail_on_no_slot") && slots.Busy >= slots.Told
            ? Send(http, 503, ErrorText.From(503, "no slot available", "unavailable_error"))
            : Send(http, 200, ServerText.Slots(slots.Listed, slots.Busy, Context));
    }

    private Task Chat(HttpContext http, FakeScript script, JsonElement body)
    {
        if (!body.TryGetProperty("messages", out var messages))
        {
            return Send(http, 400, ErrorText.Invalid("'messages' is required"));
        }

        var seen = Media(script);
        if ((ChatMl.Has(messages, "image_url") && !seen.Vision) || (ChatMl.Has(messages, "input_audio") && !seen.Audio))
        {
            var what = ChatMl.Has(messages, "image_url") && !seen.Vision ? "image" : "audio";
            return Send(http, 500, ErrorText.From(500, $"{what} input is not supported - hint: if this is unexpected, you may need to provide the mmproj", "server_error"));
        }

        var generation = new Generation(script.For(body), InferenceRequest.Read(body, ChatMl.Render(messages)), Model(body));
        var answer = new ChatAnswer(generation, new Probabilities(vocabulary));
        return Generate(http, generation, answer.Stream, answer.Whole);
    }

    private Task Completion(HttpContext http, FakeScript script, JsonElement body)
    {
        if (!body.TryGetProperty("prompt", out var prompt))
        {
            return Send(http, 400, ErrorText.Invalid("[json.exception.out_of_range.403] key 'prompt' not found"));
        }

        var generation = new Generation(script, InferenceRequest.Read(body, PromptText(prompt)), Alias);
        var answer = new CompletionAnswer(generation, new Probabilities(vocabulary), vocabulary);
        return Generate(http, generation, answer.Stream, answer.Whole);
    }

    private Task TextCompletion(HttpContext http, FakeScript script, JsonElement body)
    {
        if (!body.TryGetProperty("prompt", out var prompt))
        {
            return Send(http, 400, ErrorText.Invalid("[json.exception.out_of_range.403] key 'prompt' not found"));
        }

        var generation = new Generation(script, InferenceRequest.Read(body, PromptText(prompt)), Model(body));
        var answer = new TextCompletionAnswer(generation);
        return Generate(http, generation, answer.Stream, answer.Whole);
    }

    private async Task Generate(HttpContext http, Generation generation, Func<TokenStream> stream, Func<string> whole)
    {
        if (arguments.Embedding)
        {
            await Send(http, 500, ErrorText.From(500, "the current context does not support logits computation. skipping", "server_error"));
        }
        else if (generation.Counts.Prompt >= Context)
        {
            await Send(http, 400, ErrorText.ContextExceeded(generation.Counts.Prompt, Context));
        }
        else
        {
            using var slot = await slots.Take(http.RequestAborted);
            if (generation.Request.Stream)
            {
                await sender.Send(http, stream());
            }
            else
            {
                await sender.Work(http, generation.Count);
                await Send(http, 200, whole());
            }
        }
    }

    private async Task Embeddings(HttpContext http, FakeScript script, JsonElement body)
    {
        if (!arguments.Embedding)
        {
            await Send(http, 501, ErrorText.Unsupported("embeddings. Start it with `--embeddings`"));
            return;
        }

        using var slot = await slots.Take(http.RequestAborted);
        await sender.Work(http, 0);
        var (status, text) = EmbeddingAnswer.Make(body, Model(body), script.EmbeddingLength, Math.Min(arguments.Batch, Context));
        await Send(http, status, text);
    }

    private string Tokens(JsonElement body)
    {
        var pieces = body.TryGetProperty("content", out var content) ? Vocabulary.Cut(content.GetString()!) : [];
        var withPieces = body.TryGetProperty("with_pieces", out var asked) && asked.GetBoolean();
        var tokens = pieces.Select(piece => withPieces
            ? $$"""{"id":{{vocabulary.NumberOf(piece)}},"piece":{{JsonText.Quote(piece)}}}"""
            : $"{vocabulary.NumberOf(piece)}");
        return $$"""{"tokens":[{{string.Join(',', tokens)}}]}""";
    }

    private string PromptText(JsonElement prompt) => prompt.ValueKind switch
    {
        JsonValueKind.String => prompt.GetString()!,
        JsonValueKind.Array => string.Concat(prompt.EnumerateArray().Select(part =>
            part.ValueKind is JsonValueKind.Number ? vocabulary.Text([part.GetInt32()]) : part.GetString())),
        _ => prompt.GetProperty("prompt_string").GetString()!,
    };

    private string Model(JsonElement body) =>
        body.TryGetProperty("model", out var model) && model.ValueKind is JsonValueKind.String ? model.GetString()! : Alias;

    private FakeScript Media(FakeScript script) => arguments.Projector ? script with { Vision = true } : script;

    private bool HasKey(HttpRequest request) => arguments.ApiKey is null
        || request.Headers["X-Api-Key"] == arguments.ApiKey
        || request.Headers.Authorization == "Bearer " + arguments.ApiKey;

    private bool IsDue(string path, FakeAnswer answer) =>
        answer.Times is null || answered.AddOrUpdate(path, 1, (_, count) => count + 1) <= answer.Times;

    private static JsonElement Parse(byte[] body) => JsonElement.Parse(body);

    private static IEnumerable<int> Ints(JsonElement tokens) => tokens.EnumerateArray().Select(token => token.GetInt32());

    private static async Task Send(HttpContext http, int status, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        http.Response.StatusCode = status;
        http.Response.ContentType ??= "application/json; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        if (status >= 400)
        {
            http.Response.Headers.Connection = "close";
        }
        else
        {
            http.Response.Headers.KeepAlive = "timeout=5, max=100";
        }

        if (http.Request.Method != "HEAD")
        {
            await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
        }
    }
}
