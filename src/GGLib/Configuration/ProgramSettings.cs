using GGLib.Configuration.Values;
using GGLib.Engine.Installation;
using GGLib.Server;

namespace GGLib.Configuration;

/// <summary>The settings of the program, in the order in which they are shown.</summary>
internal static class ProgramSettings
{
    /// <summary>A few settings of a model are settings of all models, too.</summary>
    public const string ByMemory = "<from model and memory>";

    public const string ByEngine = "<llama-server's>";

    public static readonly ChoiceRule KvCacheTypes = new("f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0", "iq4_nl");

    public static readonly Setting<string> Host = new("host", new TextRule("a host name or an address, without a port", @"^(\[[0-9A-Fa-f:.]+\]|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+|[^\s:/\[\]]+)$"), "the address to listen on")
    {
        Variable = ServerAddress.Variable,
        Option = "--host",
        Default = ServerAddress.DefaultHost,
        Part = static text => ServerAddress.Parts(text).Host,
    };

    public static readonly Setting<int> Port = new("port", new WholeRule(0, 65535), "the port to listen on; 0 takes a free one")
    {
        Variable = ServerAddress.Variable,
        Option = "--port",
        Default = "11434",
        Part = static text => ServerAddress.Parts(text).Port,
    };

    public static readonly Setting<TimeSpan> KeepAlive = new("keepAlive", new DurationRule(), "how long an idle model stays loaded; negative: for ever, 0: not at all")
    {
        Variable = "OLLAMA_KEEP_ALIVE",
        Default = "5m",
        IsLive = true,
    };

    public static readonly Setting<int> MaxLoadedModels = new("maxLoadedModels", new WholeRule(0), "models loaded at once; 0: as many as memory holds")
    {
        Variable = "OLLAMA_MAX_LOADED_MODELS",
        Option = "--max-loaded",
        Default = "0",
        IsLive = true,
    };

    public static readonly Setting<long> MemoryBudget = new("memoryBudget", new BytesRule(), "memory that all models together may take, on GPUs too")
    {
        Variable = "GGLIB_MEMORY_BUDGET",
        Option = "--memory-budget",
        Default = "<what the machine has>",
        IsLive = true,
    };

    public static readonly Setting<int> MaxQueue = Count("maxQueue", "OLLAMA_MAX_QUEUE", "512", "requests waiting for a model");

    public static readonly Setting<TimeSpan> LoadTimeout = new("loadTimeout", new DurationRule(), "a load without progress for this long has failed; 0: never")
    {
        Variable = "OLLAMA_LOAD_TIMEOUT",
        Default = "5m",
        IsLive = true,
    };

    public static readonly Setting<TimeSpan> StallTimeout = new("stallTimeout", new DurationRule(), "a llama-server that does nothing for this long with a request open is replaced; 0: never")
    {
        Variable = "GGLIB_STALL_TIMEOUT",
        Default = "2m",
        IsLive = true,
    };

    public static readonly Setting<double> MemoryGrowth = new("memoryGrowth", new NumberRule(0, 1000), "a llama-server whose memory has grown to more than this many times what it was is replaced when idle; 0: never")
    {
        Variable = "GGLIB_MEMORY_GROWTH",
        Default = "2",
        IsLive = true,
    };

    public static readonly Setting<IReadOnlyList<string>> Preload = new("preload", new TextsRule(), "models that are loaded when the server starts")
    {
        Variable = "GGLIB_PRELOAD",
        Default = "",
    };

    public static readonly Setting<int> ContextLength = Count("contextLength", "OLLAMA_CONTEXT_LENGTH", ByMemory, "context of a request in tokens");

    public static readonly Setting<int> Parallel = Count("parallel", "OLLAMA_NUM_PARALLEL", ByMemory, "requests a model answers side by side");

    public static readonly Setting<string> KvCacheType = new("kvCacheType", KvCacheTypes, "type of the key and value cache")
    {
        Variable = "OLLAMA_KV_CACHE_TYPE",
        Default = ByEngine,
        IsLive = true,
    };

    public static readonly Setting<bool> FlashAttention = new("flashAttention", new SwitchRule(), "flash attention on or off")
    {
        Variable = "OLLAMA_FLASH_ATTENTION",
        Default = ByEngine,
        IsLive = true,
    };

    public static readonly Setting<IReadOnlyList<string>> Origins = new("origins", new TextsRule(), "further web origins that may call, * as wildcard")
    {
        Variable = "OLLAMA_ORIGINS",
        Default = "",
    };

    public static readonly Setting<string> Engine = new("engine", new TextRule("a path", @"\S"), "the llama-server to run")
    {
        Variable = EngineLocator.EnvironmentVariable,
        Option = "--engine",
        Default = "<looked for>",
    };

    public static readonly Setting<string> EngineProvider = new("engineProvider", new ChoiceRule("release", "debian"), "where llama-server is installed from")
    {
        Variable = EngineInstaller.ProviderVariable,
        Default = "<the first that can be reached>",
    };

    public static readonly Setting<string> OllamaVersion = new("ollamaVersion", new TextRule("a version such as 0.33.0", @"^[0-9]+(\.[0-9]+)*$"), "what /api/version answers")
    {
        Variable = "GGLIB_OLLAMA_VERSION",
        Default = ServerOptions.DefaultOllamaVersion,
    };

    public static readonly Setting<bool> LenientThinking = new("lenientThinking", new SwitchRule(), "pass over a request to think where the model cannot, instead of refusing it")
    {
        Variable = "GGLIB_LENIENT_THINKING",
        Option = "--lenient-thinking",
        Default = "false",
    };

    public static readonly Setting<bool> RewriteMessages = new("rewriteMessages", new SwitchRule(), "rewrite conversations that the model's template would reject, drop or reorder; false: the template's own error is returned")
    {
        Variable = "GGLIB_REWRITE_MESSAGES",
        Default = "true",
        IsLive = true,
        IsPerRequest = true,
    };

    public static readonly Setting<int> StoredResponses = new("storedResponses", new WholeRule(0), "responses kept in memory for previous_response_id and item_reference; 0: none")
    {
        Variable = "GGLIB_STORED_RESPONSES",
        Default = "1000",
    };

    public static readonly Setting<long> StoredResponsesMemory = new("storedResponsesMemory", new BytesRule(), "memory that stored responses may take together")
    {
        Variable = "GGLIB_STORED_RESPONSES_MEMORY",
        Default = "64MiB",
    };

    public static readonly Setting<bool> Debug = new("debug", new SwitchRule(), "debug lines, and exceptions in full")
    {
        Variable = "GGLIB_DEBUG",
        Default = "false",
    };

    public static IReadOnlyList<Setting> All { get; } =
    [
        Host, Port, KeepAlive, MaxLoadedModels, MemoryBudget, MaxQueue, LoadTimeout, StallTimeout, MemoryGrowth, Preload, ContextLength, Parallel, KvCacheType, FlashAttention, Origins, Engine, EngineProvider, OllamaVersion, LenientThinking, RewriteMessages, StoredResponses, StoredResponsesMemory, Debug,
    ];

    // 0 means "decide yourself" in all of these variables.
    private static Setting<int> Count(string name, string variable, string otherwise, string meaning) => new(name, new WholeRule(1), meaning)
    {
        Variable = variable,
        Default = otherwise,
        Undecided = "0",
        IsLive = true,
    };
}
