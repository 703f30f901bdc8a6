using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using GGLib.Acceptance.Scheduling;
using GGLib.Engine.Launching;
using GGLib.Gguf;

namespace GGLib.Acceptance.Launching;

/// <summary>What a model's section says of its launch does on a real llama-server what it says.</summary>
public sealed class EngineOptionsTests(ITestOutputHelper output) : IDisposable
{
    private const string Model = "demo-chat";
    private const string Prompt = "the red house and the red house and the red house and";

    private static readonly EngineSettings Settings = new() { ContextLength = 1024, Parallel = 1, Threads = 1 };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gglib-options-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string DemoFile => Path.Combine(AppContext.BaseDirectory, "models", Model + ".gguf");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_draft_model_drafts_and_its_guesses_are_taken()
    {
        // The model drafts for itself: every guess is right.
        var (drafted, accepted) = Drafts(await AnswerAsync(Settings with { DraftModel = DemoFile, DraftTokens = 4 }));

        Assert.InRange(accepted, 1, drafted);
        Assert.Equal((0, 0), Drafts(await AnswerAsync(Settings with { DraftModel = DemoFile, DraftTokens = 0 })));
    }

    [Fact]
    public async Task A_request_has_a_model_that_drafts_loaded_with_as_many_guesses_as_it_says()
    {
        await using var server = await ScheduledServer.StartAsync(Settings with { DraftModel = DemoFile }, Cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        foreach (var (tokens, loads) in ((int, int)[])[(5, 1), (5, 1), (0, 2)])
        {
            using var response = await http.PostAsJsonAsync("/api/generate", new { model = Model, prompt = Prompt, raw = true, stream = false, options = new { num_predict = 2, draft_num_predict = tokens } }, Cancellation);
            Assert.True(response.IsSuccessStatusCode);
            Assert.Equal(loads, server.Children.Started.Count);
        }
    }

    [Fact]
    public async Task The_text_so_far_drafts_for_an_answer_that_repeats_it() =>
        Assert.NotEqual(0, Drafts(await AnswerAsync(Settings with { Speculative = ["ngram-simple"], Arguments = ["--spec-ngram-simple-size-n", "2", "--spec-ngram-simple-size-m", "4"] })).Drafted);

    [Fact]
    public async Task A_model_without_prediction_heads_is_not_loaded_with_them()
    {
        var answer = await AnswerAsync(Settings with { Speculative = ["draft-mtp"] });

        Assert.Contains("MTP", answer.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_changes_answers_as_strongly_as_its_scale_says()
    {
        var adapter = Path.Combine(_folder.FullName, "adapter.gguf");
        WriteAdapter(adapter);
        var plain = Likelihoods(await AnswerAsync(Settings));
        var changes = new List<double>();
        foreach (var scale in (double[])[0.00001, 0.1, 1])
        {
            changes.Add(Change(plain, Likelihoods(await AnswerAsync(Settings with { Adapters = [new(adapter, scale)] }))));
        }

        // Not texts: where two continuations are about as likely, rounding decides between them, and an adapter is computed by other instructions.
        output.WriteLine(string.Join(", ", changes));
        Assert.InRange(changes[0], 0, 0.03);
        Assert.InRange(changes[1], 0.05, changes[2] - 0.05);
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var missing = Path.Combine(_folder.FullName, "none.gguf");
        foreach (var settings in (EngineSettings[])[Settings with { Adapters = [new(missing)] }, Settings with { DraftModel = missing }])
        {
            Assert.Contains(missing, (await AnswerAsync(settings)).GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_other_setting_at_once_is_taken() =>
        Text(await AnswerAsync(Settings with { KvCacheTypeK = "q8_0", KvCacheTypeV = "q4_0", FlashAttention = true, SplitMode = "layer", TensorSplit = [3, 1], GpuLayers = 2, MainGpu = 0, ThreadsBatch = 2, Batch = 64, Mmap = false, Arguments = ["--no-warmup"] }));

    private static async Task<JsonElement> AnswerAsync(EngineSettings settings)
    {
        await using var server = await ScheduledServer.StartAsync(settings, Cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        using var response = await http.PostAsJsonAsync("/v1/completions", new { model = Model, prompt = Prompt, max_tokens = 40, temperature = 0, logprobs = 5 }, Cancellation);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    /// <summary>The first token's most likely candidates, and how likely each is.</summary>
    private static Dictionary<string, double> Likelihoods(JsonElement answer) =>
        answer.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("top_logprobs")[0].EnumerateObject()
            .ToDictionary(static token => token.Name, static token => Math.Exp(token.Value.GetDouble()));

    /// <summary>The largest change of a candidate's likelihood. One that is no longer among the candidates is unlikely.</summary>
    private static double Change(Dictionary<string, double> before, Dictionary<string, double> after) =>
        before.Keys.Union(after.Keys).Max(token => Math.Abs(before.GetValueOrDefault(token) - after.GetValueOrDefault(token)));

    private static string Text(JsonElement answer) => answer.GetProperty("choices")[0].GetProperty("text").GetString()!;

    private static (int Drafted, int Accepted) Drafts(JsonElement answer)
    {
        var timings = answer.GetProperty("timings");
        return (Count("draft_n"), Count("draft_n_accepted"));

        int Count(string name) => timings.TryGetProperty(name, out var count) ? count.GetInt32() : 0;
    }

    /// <summary>Of noise, over what goes out of each layer's attention; the sizes are the demo model's.</summary>
    private static void WriteAdapter(string path)
    {
        const int Rank = 4;
        const int Width = 256;
        var random = new Random(1);
        var writer = new GgufWriter().Add("general.type", "adapter").Add("general.architecture", "llama").Add("adapter.type", "lora").Add("adapter.lora.alpha", 8f);
        for (var layer = 0; layer < 5; layer++)
        {
            writer.AddTensor($"blk.{layer}.attn_output.weight.lora_a", GgufTensorType.F32, [Width, Rank], Noise());
            writer.AddTensor($"blk.{layer}.attn_output.weight.lora_b", GgufTensorType.F32, [Rank, Width], Noise());
        }

        writer.Write(path);

        byte[] Noise()
        {
            var numbers = new float[Width * Rank];
            for (var index = 0; index < numbers.Length; index++)
            {
                numbers[index] = random.NextSingle() - 0.5f;
            }

            return MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray();
        }
    }
}
