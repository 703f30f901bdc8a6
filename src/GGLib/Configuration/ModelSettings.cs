using GGLib.Configuration.Values;
using GGLib.Engine.Launching;

namespace GGLib.Configuration;

/// <summary>The settings that a model's section may have.</summary>
internal static class ModelSettings
{
    private const string AsProgram = "<as for all models>";

    public static readonly Setting<int> ContextLength = new("contextLength", new WholeRule(4), "context of a request in tokens") { Default = AsProgram };
    public static readonly Setting<int> Parallel = new("parallel", new WholeRule(1), "requests answered side by side") { Default = AsProgram };
    public static readonly Setting<TimeSpan> KeepAlive = new("keepAlive", new DurationRule(), "how long it stays loaded when idle") { Default = AsProgram };
    public static readonly Setting<int> GpuLayers = new("gpuLayers", new WholeRule(-1), "layers on the graphics card; 0: none, -1: as many as fit") { Default = ProgramSettings.ByEngine };
    public static readonly Setting<int> MainGpu = new("mainGpu", new WholeRule(0), "the one graphics card to use") { Default = ProgramSettings.ByEngine };
    public static readonly Setting<string> SplitMode = new("splitMode", new ChoiceRule("none", "layer", "row", "tensor"), "how it is split over graphics cards") { Default = ProgramSettings.ByEngine, Flags = ["--split-mode"] };
    public static readonly Setting<IReadOnlyList<double>> TensorSplit = new("tensorSplit", new NumbersRule(), "the share of each graphics card, such as [3, 1]") { Default = ProgramSettings.ByEngine, Flags = ["--tensor-split"] };
    public static readonly Setting<int> Threads = new("threads", new WholeRule(1), "threads that compute") { Default = ProgramSettings.ByEngine };
    public static readonly Setting<int> ThreadsBatch = new("threadsBatch", new WholeRule(1), "threads that compute a prompt") { Default = "<as threads>", Flags = ["--threads-batch"] };
    public static readonly Setting<int> Batch = new("batch", new WholeRule(1), "tokens of a prompt that are computed together") { Default = ProgramSettings.ByEngine };
    public static readonly Setting<bool> Mmap = new("mmap", new SwitchRule(), "whether the file is mapped into memory") { Default = ProgramSettings.ByEngine };
    public static readonly Setting<bool> Pinned = new("pinned", new SwitchRule(), "whether it stays once it is loaded: neither idleness nor another model ends it") { Default = "false" };
    public static readonly Setting<string> KvCacheType = new("kvCacheType", ProgramSettings.KvCacheTypes, "type of the key and value cache") { Default = AsProgram, Flags = ["--cache-type-k"] };
    public static readonly Setting<string> KvCacheTypeK = new("kvCacheTypeK", ProgramSettings.KvCacheTypes, "type of the keys alone") { Default = "<as kvCacheType>", Flags = ["--cache-type-k"] };
    public static readonly Setting<string> KvCacheTypeV = new("kvCacheTypeV", ProgramSettings.KvCacheTypes, "type of the values alone") { Default = "<as kvCacheType>", Flags = ["--cache-type-v"] };
    public static readonly Setting<bool> FlashAttention = new("flashAttention", new SwitchRule(), "flash attention on or off") { Default = AsProgram };
    public static readonly Setting<IReadOnlyList<LaunchAdapter>> Adapters = new("adapters", new AdaptersRule(), "LoRA adapters, instead of the model's own") { Default = "<the model's>", Flags = ["--lora-scaled"] };
    public static readonly Setting<string> DraftModel = new("draftModel", new PathRule(), "a model that drafts its answers, instead of its own") { Default = "<the model's>", Flags = ["--spec-draft-model", "--model-draft"] };
    public static readonly Setting<int> DraftTokens = new("draftTokens", new WholeRule(0, 1024), "tokens drafted at once by a model or by prediction heads; 0: nothing is drafted") { Default = ProgramSettings.ByEngine, Flags = ["--spec-draft-n-max", "--draft-max"] };
    public static readonly Setting<IReadOnlyList<string>> Speculative = new("speculative", new WordsRule(), "how answers are drafted, in llama-server's words") { Default = "<by the draft model, if there is one>", Flags = ["--spec-type"] };
    public static readonly Setting<bool> RewriteMessages = new("rewriteMessages", new SwitchRule(), "rewrite its conversations where its template would reject, drop or reorder messages") { Default = AsProgram };
    public static readonly Setting<bool> RepairToolCalls = new("repairToolCalls", new SwitchRule(), "ask the model again, once, for a tool call that violates the tool's schema") { Default = "false" };
    public static readonly Setting<int> ToolCallLoopLimit = new("toolCallLoopLimit", new WholeRule(0), "identical tool calls in a row that end a turn; 0: none do") { Default = "0" };
    public static readonly Setting<IReadOnlyList<string>> Arguments = new("arguments", new TextsRule(), "further arguments for llama-server, passed on as they are") { Default = "" };

    /// <summary>What a section may have, besides <c>options</c>.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        ContextLength, Parallel, KeepAlive, GpuLayers, MainGpu, SplitMode, TensorSplit, Threads, ThreadsBatch, Batch, Mmap, Pinned, KvCacheType, KvCacheTypeK, KvCacheTypeV, FlashAttention,
        Adapters, DraftModel, DraftTokens, Speculative, RewriteMessages, RepairToolCalls, ToolCallLoopLimit, Arguments,
    ];

    /// <summary>Settings of the server's requests. The others are of the model's process.</summary>
    public static IReadOnlyList<Setting> OfRequests { get; } = [RewriteMessages, RepairToolCalls, ToolCallLoopLimit];

    /// <summary>What a section's <c>options</c> may have: Ollama's names, for requests that do not say otherwise.</summary>
    public static IReadOnlyList<Setting> Options { get; } =
    [
        Number("temperature", 0, 100, "how freely tokens are chosen; 0: always the likeliest"),
        Whole("top_k", 0, "choose among this many tokens; 0: all"),
        Number("top_p", 0, 1, "choose among the likeliest tokens that make up this share"),
        Number("min_p", 0, 1, "drop tokens less likely than this part of the likeliest"),
        Number("typical_p", 0, 1, "locally typical sampling; 1: off"),
        Whole("repeat_last_n", -1, "tokens looked back at for repetition; 0: none, -1: the whole context"),
        Number("repeat_penalty", 0, 100, "how repetition is punished; 1: not at all"),
        Number("presence_penalty", -100, 100, "punishes tokens that have been used"),
        Number("frequency_penalty", -100, 100, "punishes tokens by how often they have been used"),
        Whole("seed", int.MinValue, "the same seed and prompt give the same answer; -1: a new one each time"),
        Whole("num_predict", int.MinValue, "most tokens of an answer; not positive: no limit but the context"),
        Whole("num_keep", int.MinValue, "tokens kept when the context is shifted"),
        new Setting<IReadOnlyList<string>>("stop", new TextsRule(), "texts that end an answer") { Default = "" },
    ];

    /// <summary>What people write for what, besides slips of the keyboard.</summary>
    public static IReadOnlyDictionary<string, string> OtherNames { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["num_ctx"] = "contextLength",
        ["num_gpu"] = "gpuLayers",
        ["main_gpu"] = "mainGpu",
        ["num_thread"] = "threads",
        ["num_batch"] = "batch",
        ["use_mmap"] = "mmap",
        ["keep_alive"] = "keepAlive",
        ["draft_num_predict"] = "draftTokens",
        ["lora"] = "adapters",
    };

    private static Setting<double> Number(string name, double least, double most, string meaning) => new(name, new NumberRule(least, most), meaning) { Default = "<the model's>" };

    private static Setting<int> Whole(string name, int least, string meaning) => new(name, new WholeRule(least), meaning) { Default = "<the model's>" };
}
