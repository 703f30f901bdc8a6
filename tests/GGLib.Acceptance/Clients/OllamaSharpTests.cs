using System.Text.Json;
using OllamaSharp;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;

namespace GGLib.Acceptance.Clients;

/// <summary>The published OllamaSharp package, unmodified, against the demo models on a real llama-server.</summary>
public sealed class OllamaSharpTests(DemoServer server) : IDisposable
{
    private readonly OllamaApiClient _client = new(new Uri(server.Address), "demo-chat");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Finds_the_server_running() => Assert.True(await _client.IsRunningAsync(Cancellation));

    [Fact]
    public async Task Reads_the_version() => Assert.Equal(ServerVersion(), await _client.GetVersionAsync(Cancellation));

    [Fact]
    public async Task Lists_the_models()
    {
        var models = (await _client.ListLocalModelsAsync(Cancellation)).ToDictionary(model => model.Name);
        Assert.Equal(["demo-chat:latest", "demo-embed:latest", "refuses-schema:latest", "spare:latest", "tiny-random:latest", "victim:latest"], models.Keys.Order());
        var chat = models["demo-chat:latest"];
        Assert.Equal(3769952, chat.Size);
        Assert.Equal(64, chat.Digest.Length);
        Assert.Equal("gguf", chat.Details.Format);
        Assert.Equal("llama", chat.Details.Family);
        Assert.Equal("Q8_0", chat.Details.QuantizationLevel);
        Assert.InRange(chat.ModifiedAt, DateTime.UnixEpoch.AddYears(50), TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1));
    }

    [Fact]
    public async Task Shows_a_model()
    {
        var shown = await _client.ShowModelAsync(new ShowModelRequest { Model = "demo-chat" }, Cancellation);
        Assert.Equal("llama", shown.Info.Architecture);
        Assert.Contains("im_start", shown.Template, StringComparison.Ordinal);
        Assert.Contains("tools", shown.Capabilities!);
        Assert.Contains("thinking", shown.Capabilities!);
        Assert.Equal("4096", shown.Info.ExtraInfo!["llama.context_length"].ToString());
    }

    [Fact]
    public async Task Chats_as_a_stream_with_true_counts()
    {
        var text = "";
        ChatDoneResponseStream? done = null;
        var chunks = 0;
        await foreach (var chunk in _client.ChatAsync(Question(stream: true), Cancellation))
        {
            chunks++;
            text += chunk!.Message.Content;
            done = chunk as ChatDoneResponseStream ?? done;
        }

        Assert.Contains("Paris", text, StringComparison.Ordinal);
        Assert.True(chunks > 3, $"{chunks} chunks");
        Assert.NotNull(done);
        Assert.Equal("stop", done.DoneReason);
        Assert.InRange(done.EvalCount, 5, 60);
        Assert.InRange(done.PromptEvalCount, 10, 60);
        Assert.True(done.TotalDuration >= done.EvalDuration && done.EvalDuration > 0);
    }

    [Fact]
    public async Task Chats_in_one_piece()
    {
        var answers = new List<ChatResponseStream?>();
        await foreach (var chunk in _client.ChatAsync(Question(stream: false), Cancellation))
        {
            answers.Add(chunk);
        }

        Assert.Contains("Paris", Assert.Single(answers)!.Message.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thinking_comes_apart_from_the_answer()
    {
        var request = Question(stream: true);
        request.Think = true;
        string thinking = "", text = "";
        await foreach (var chunk in _client.ChatAsync(request, Cancellation))
        {
            thinking += chunk!.Message.Thinking;
            text += chunk.Message.Content;
        }

        Assert.NotEmpty(thinking);
        Assert.DoesNotContain("<think>", text, StringComparison.Ordinal);
        Assert.Contains("Paris", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tool_is_called_and_its_result_answered(bool stream)
    {
        var weather = new Tool
        {
            Function = new Function
            {
                Name = "get_weather",
                Description = "Get the weather of a city",
                Parameters = new Parameters { Properties = new() { ["city"] = new Property { Type = "string" } }, Required = ["city"] },
            },
        };
        var request = Question(stream);
        request.Tools = [weather];
        request.Messages = [new Message(ChatRole.User, "What is the weather in Paris?")];
        var called = new List<Message.ToolCall>();
        await foreach (var chunk in _client.ChatAsync(request, Cancellation))
        {
            called.AddRange(chunk!.Message.ToolCalls ?? []);
        }

        var call = Assert.Single(called);
        Assert.Equal(("get_weather", "Paris"), (call.Function!.Name, call.Function.Arguments!["city"]!.ToString()));

        request.Messages = [.. request.Messages, new Message { Role = ChatRole.Assistant, ToolCalls = [call] }, new Message { Role = ChatRole.Tool, Content = "sunny, 20 degrees", ToolName = "get_weather" }];
        Assert.Contains("weather", (await TextAsync(request)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("demo-chat", false)]
    [InlineData("demo-chat", true)]
    [InlineData("refuses-schema", false)]
    [InlineData("refuses-schema", true)]
    public async Task A_schema_shapes_the_answer(string model, bool stream)
    {
        var request = Question(stream);
        request.Model = model;
        request.Format = JsonSerializer.Deserialize<JsonElement>("""{"type":"object","properties":{"yes":{"type":"boolean"}},"required":["yes"]}""");
        var (text, _) = await TextAsync(request);
        Assert.True(JsonSerializer.Deserialize<JsonElement>(text).GetProperty("yes").ValueKind is JsonValueKind.True or JsonValueKind.False, text);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("low", true)]
    [InlineData("high", true)]
    [InlineData("false", false)]
    public async Task Thinking_is_on_off_or_has_a_level(string? think, bool thinks)
    {
        var request = Question(stream: true);
        request.Think = think switch { null => null, "false" => false, _ => think };
        var (text, thinking) = await TextAsync(request);
        Assert.Equal(thinks, thinking.Length > 0);
        Assert.Contains("Paris", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generates_with_a_system_prompt()
    {
        var text = "";
        var request = new GenerateRequest
        {
            Model = "demo-chat",
            System = "You are a helpful assistant.",
            Prompt = "What is the capital of Italy?",
            Think = false,
            Options = new RequestOptions { Temperature = 0, NumPredict = 40 },
        };
        await foreach (var chunk in _client.GenerateAsync(request, Cancellation))
        {
            text += chunk!.Response;
        }

        Assert.Contains("Rome", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embeds_related_texts_nearer_to_each_other()
    {
        var answer = await _client.EmbedAsync(new EmbedRequest { Model = "demo-embed", Input = ["a cat sat on the mat", "a kitten on a rug", "the stock market fell"] }, Cancellation);
        Assert.Equal(3, answer.Embeddings.Count);
        Assert.All(answer.Embeddings, vector => Assert.Equal(1.0, Dot(vector, vector), 3));
        Assert.Equal(128, answer.Embeddings[0].Length);
        Assert.True(answer.PromptEvalCount > 3);
    }

    [Fact]
    public async Task Running_models_are_listed_and_unloaded_on_request()
    {
        await foreach (var chunk in _client.GenerateAsync(new GenerateRequest { Model = "spare", Prompt = "x", Options = new RequestOptions { NumPredict = 2 }, KeepAlive = "10m" }, Cancellation))
        {
            Assert.NotNull(chunk);
        }

        var running = Assert.Single(await _client.ListRunningModelsAsync(Cancellation), model => model.Name == "spare:latest");
        Assert.InRange(running.ExpiresAt.ToUniversalTime(), TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(8), TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(11));
        await _client.RequestModelUnloadAsync("spare", Cancellation);
        // The reply comes at once, before the process has ended; the list does not show it any more.
        Assert.DoesNotContain(await _client.ListRunningModelsAsync(Cancellation), model => model.Name == "spare:latest");
    }

    [Fact]
    public async Task An_unknown_model_is_not_found()
    {
        var failure = await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            await foreach (var _ in _client.ChatAsync(new ChatRequest { Model = "nope", Messages = [new Message(ChatRole.User, "hi")] }, Cancellation))
            {
            }
        });
        Assert.Equal(System.Net.HttpStatusCode.NotFound, failure.StatusCode);
    }

    private async Task<(string Text, string Thinking)> TextAsync(ChatRequest request)
    {
        string text = "", thinking = "";
        await foreach (var chunk in _client.ChatAsync(request, Cancellation))
        {
            text += chunk!.Message.Content;
            thinking += chunk.Message.Thinking;
        }

        return (text, thinking);
    }

    private static string ServerVersion() => GGLib.Server.ServerOptions.DefaultOllamaVersion;

    private static double Dot(float[] one, float[] other) => one.Zip(other, (a, b) => (double)a * b).Sum();

    private static ChatRequest Question(bool stream) => new()
    {
        Model = "demo-chat",
        Messages = [new Message(ChatRole.User, "What is the capital of France?")],
        Stream = stream,
        Think = false,
        Options = new RequestOptions { Temperature = 0, NumPredict = 60 },
    };
}
