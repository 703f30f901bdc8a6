using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using GGLib.Engine.Launching;
using GGLib.Server;

namespace GGLib.Configuration;

/// <summary>
/// Every setting with its value and where it came from: command line, then environment, then file, then default. A model's section goes before what is said of all
/// models, wherever that was said. Immutable; safe for any number of threads.
/// </summary>
internal sealed class Settings
{
    private readonly Dictionary<Setting, ResolvedSetting> _settings;
    private readonly ConcurrentDictionary<string, EngineSettings> _ofModels = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, bool> _rewrites = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, (bool Repairs, int LoopLimit)> _toolCalls = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, JsonElement?> _options = new(StringComparer.OrdinalIgnoreCase);

    private Settings(ConfigurationFile? file, Dictionary<Setting, ResolvedSetting> settings)
    {
        File = file;
        _settings = settings;
        Engine = MakeEngine();
    }

    /// <summary>The file they were read from; null when there is none.</summary>
    public ConfigurationFile? File { get; }

    /// <summary>In the order in which they are shown.</summary>
    public IEnumerable<ResolvedSetting> All => ProgramSettings.All.Select(setting => _settings[setting]);

    /// <summary>How all models are run.</summary>
    public EngineSettings Engine { get; }

    /// <summary>Where to listen.</summary>
    public ServerAddress Address => new(ServerAddress.Bare(Text(ProgramSettings.Host)!), Number(ProgramSettings.Port)!.Value);

    public ResolvedSetting this[Setting setting] => _settings[setting];

    /// <param name="environment">The variables.</param>
    /// <param name="file">The file, when there is one.</param>
    /// <param name="line">What the command line says.</param>
    public static Settings Resolve(EnvironmentValues environment, ConfigurationFile? file, CommandLineSettings? line = null)
    {
        line ??= new CommandLineSettings();
        return new Settings(file, ProgramSettings.All.ToDictionary(static setting => setting, setting =>
        {
            Candidate?[] candidates = [line.Of(setting), setting.Read(environment), file?.Values.GetValueOrDefault(setting)];
            return new ResolvedSetting(setting, [.. candidates.OfType<Candidate>(), setting.Unset]);
        }));
    }

    public int? Number(Setting<int> setting) => (int?)_settings[setting].Winner.Value;

    public long? Bytes(Setting<long> setting) => (long?)_settings[setting].Winner.Value;

    public bool? Switch(Setting<bool> setting) => (bool?)_settings[setting].Winner.Value;

    public TimeSpan? Duration(Setting<TimeSpan> setting) => (TimeSpan?)_settings[setting].Winner.Value;

    public string? Text(Setting<string> setting) => (string?)_settings[setting].Winner.Value;

    public IReadOnlyList<string> Texts(Setting<IReadOnlyList<string>> setting) => (IReadOnlyList<string>)_settings[setting].Winner.Value!;

    /// <summary>How the server presents itself.</summary>
    /// <param name="address">Where to listen; the host is <c>localhost</c> or an address.</param>
    public ServerOptions Server(ServerAddress address) => new()
    {
        Version = Surroundings.Version,
        Host = address.Host,
        Port = address.Port,
        OllamaVersion = Text(ProgramSettings.OllamaVersion)!,
        Origins = Texts(ProgramSettings.Origins),
        LenientThinking = Switch(ProgramSettings.LenientThinking)!.Value,
        RewritesMessages = RewritesMessagesOf,
        RepairsToolCalls = model => ToolCallsOf(model).Repairs,
        ToolCallLoopLimit = model => ToolCallsOf(model).LoopLimit,
        ModelOptions = OptionsOf,
        StoredResponses = Number(ProgramSettings.StoredResponses)!.Value,
        StoredResponsesBytes = Bytes(ProgramSettings.StoredResponsesMemory)!.Value,
    };

    /// <summary>How one model is run.</summary>
    public EngineSettings EngineFor(string model) => _ofModels.GetOrAdd(model, MakeEngineFor);

    /// <summary>The options of a model before any request, in Ollama's names, those of its launch first; null when its sections set none.</summary>
    public JsonElement? OptionsOf(string model) => _options.GetOrAdd(model, MakeOptionsOf);

    /// <summary>The sampling options of a model before any request, each with where it came from.</summary>
    public IReadOnlyDictionary<Setting, Candidate> SamplingOf(string model)
    {
        var merged = new Dictionary<Setting, Candidate>();
        foreach (var (setting, candidate) in SectionsAbout(model).SelectMany(static section => section.Options))
        {
            merged[setting] = candidate;
        }

        return merged;
    }

    /// <summary>Whether a model's conversations are rewritten to fit its template: by the model's section, otherwise as for all models.</summary>
    public bool RewritesMessagesOf(string model) => _rewrites.GetOrAdd(model, MakeRewritesMessagesOf);

    /// <summary>Whether a model is asked again for an invalid tool call, and how many identical calls in a row end its turn; 0: none.</summary>
    public (bool Repairs, int LoopLimit) ToolCallsOf(string model) => _toolCalls.GetOrAdd(model, MakeToolCallsOf);

    private IEnumerable<ModelSection> SectionsAbout(string model) => File?.Sections.Where(section => section.IsAbout(model)) ?? [];

    private EngineSettings MakeEngine()
    {
        var origins = new Dictionary<string, ValueOrigin>();
        From(ProgramSettings.MaxLoadedModels, nameof(EngineSettings.MaxLoadedModels));
        From(ProgramSettings.MemoryBudget, nameof(EngineSettings.MemoryBudget));
        From(ProgramSettings.StallTimeout, nameof(EngineSettings.StallTimeout));
        From(ProgramSettings.MemoryGrowth, nameof(EngineSettings.MemoryGrowth));
        From(ProgramSettings.MaxQueue, nameof(EngineSettings.MaxQueue));
        From(ProgramSettings.KeepAlive, nameof(EngineSettings.KeepAlive));
        From(ProgramSettings.LoadTimeout, nameof(EngineSettings.LoadStallTimeout));
        From(ProgramSettings.ContextLength, nameof(EngineSettings.ContextLength));
        From(ProgramSettings.Parallel, nameof(EngineSettings.Parallel));
        From(ProgramSettings.KvCacheType, nameof(EngineSettings.KvCacheType));
        From(ProgramSettings.FlashAttention, nameof(EngineSettings.FlashAttention));
        return new EngineSettings
        {
            MaxLoadedModels = Number(ProgramSettings.MaxLoadedModels)!.Value,
            MemoryBudget = (long?)_settings[ProgramSettings.MemoryBudget].Winner.Value,
            StallTimeout = Duration(ProgramSettings.StallTimeout)!.Value,
            MemoryGrowth = (double)_settings[ProgramSettings.MemoryGrowth].Winner.Value!,
            MaxQueue = Number(ProgramSettings.MaxQueue)!.Value,
            KeepAlive = KeepAlive.For(Duration(ProgramSettings.KeepAlive)!.Value),
            LoadStallTimeout = Duration(ProgramSettings.LoadTimeout)!.Value,
            ContextLength = Number(ProgramSettings.ContextLength),
            Parallel = Number(ProgramSettings.Parallel),
            KvCacheType = Text(ProgramSettings.KvCacheType),
            FlashAttention = Switch(ProgramSettings.FlashAttention),
            Origins = origins,
        };

        void From(Setting setting, string property)
        {
            if (_settings[setting].Winner.Origin is { Kind: not OriginKind.Default } origin)
            {
                origins[property] = origin;
            }
        }
    }

    private EngineSettings MakeEngineFor(string model)
    {
        var settings = Engine;
        var origins = new Dictionary<string, ValueOrigin>(settings.Origins);
        foreach (var (setting, candidate) in SectionsAbout(model).SelectMany(static section => section.Values).Where(static pair => !ModelSettings.OfRequests.Contains(pair.Key)))
        {
            string property;
            (settings, property) = setting.Name switch
            {
                "contextLength" => (settings with { ContextLength = (int?)candidate.Value, IsContextOfModel = true }, nameof(settings.ContextLength)),
                "parallel" => (settings with { Parallel = (int?)candidate.Value }, nameof(settings.Parallel)),
                "keepAlive" => (settings with { KeepAlive = KeepAlive.For((TimeSpan)candidate.Value!) }, nameof(settings.KeepAlive)),
                "gpuLayers" => (settings with { GpuLayers = (int?)candidate.Value }, nameof(settings.GpuLayers)),
                "mainGpu" => (settings with { MainGpu = (int?)candidate.Value }, nameof(settings.MainGpu)),
                "splitMode" => (settings with { SplitMode = (string?)candidate.Value }, nameof(settings.SplitMode)),
                "tensorSplit" => (settings with { TensorSplit = (IReadOnlyList<double>?)candidate.Value }, nameof(settings.TensorSplit)),
                "threadsBatch" => (settings with { ThreadsBatch = (int?)candidate.Value }, nameof(settings.ThreadsBatch)),
                "kvCacheTypeK" => (settings with { KvCacheTypeK = (string?)candidate.Value }, nameof(settings.KvCacheTypeK)),
                "kvCacheTypeV" => (settings with { KvCacheTypeV = (string?)candidate.Value }, nameof(settings.KvCacheTypeV)),
                "adapters" => (settings with { Adapters = (IReadOnlyList<LaunchAdapter>?)candidate.Value }, nameof(settings.Adapters)),
                "draftModel" => (settings with { DraftModel = (string?)candidate.Value }, nameof(settings.DraftModel)),
                "draftTokens" => (settings with { DraftTokens = (int?)candidate.Value }, nameof(settings.DraftTokens)),
                "speculative" => (settings with { Speculative = (IReadOnlyList<string>?)candidate.Value }, nameof(settings.Speculative)),
                "threads" => (settings with { Threads = (int?)candidate.Value }, nameof(settings.Threads)),
                "batch" => (settings with { Batch = (int?)candidate.Value }, nameof(settings.Batch)),
                "mmap" => (settings with { Mmap = (bool?)candidate.Value }, nameof(settings.Mmap)),
                "pinned" => (settings with { Pinned = (bool)candidate.Value! }, nameof(settings.Pinned)),
                "kvCacheType" => (settings with { KvCacheType = (string?)candidate.Value }, nameof(settings.KvCacheType)),
                "flashAttention" => (settings with { FlashAttention = (bool?)candidate.Value }, nameof(settings.FlashAttention)),
                "arguments" => (settings with { Arguments = (IReadOnlyList<string>)candidate.Value! }, nameof(settings.Arguments)),
                _ => throw new InvalidOperationException($"No model is run by '{setting.Name}'."),
            };
            origins[property] = candidate.Origin;
        }

        return settings with { Origins = origins, AttachedBytes = (settings.Adapters ?? []).Select(static adapter => adapter.Path).Append(settings.DraftModel).Sum(SizeOf) };
    }

    private bool MakeRewritesMessagesOf(string model) => (bool?)ValueOf(model, ModelSettings.RewriteMessages) ?? Switch(ProgramSettings.RewriteMessages)!.Value;

    private (bool Repairs, int LoopLimit) MakeToolCallsOf(string model) =>
        ((bool?)ValueOf(model, ModelSettings.RepairToolCalls) ?? false, (int?)ValueOf(model, ModelSettings.ToolCallLoopLimit) ?? 0);

    private object? ValueOf(string model, Setting setting) =>
        SectionsAbout(model).Select(section => section.Values.GetValueOrDefault(setting)).OfType<Candidate>().LastOrDefault()?.Value;

    // A file that is not there weighs nothing: llama-server says what is wrong with it.
    private static long SizeOf(string? path) => path is not null && new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private JsonElement? MakeOptionsOf(string model)
    {
        var options = SamplingOf(model);
        var engine = EngineFor(model);
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            Launch("num_ctx", nameof(engine.ContextLength), engine.ContextLength);
            Launch("num_gpu", nameof(engine.GpuLayers), engine.GpuLayers);
            Launch("main_gpu", nameof(engine.MainGpu), engine.MainGpu);
            Launch("num_thread", nameof(engine.Threads), engine.Threads);
            Launch("num_batch", nameof(engine.Batch), engine.Batch);
            Launch("draft_num_predict", nameof(engine.DraftTokens), engine.DraftTokens);
            if (engine.Mmap is { } mmap)
            {
                writer.WriteBoolean("use_mmap", mmap);
            }

            foreach (var setting in ModelSettings.Options.Where(options.ContainsKey))
            {
                writer.WritePropertyName(setting.Name);
                setting.WriteValue(writer, options[setting].Value!);
            }

            writer.WriteEndObject();

            // Only what is said of this model; what is said of all is not the model's.
            void Launch(string name, string property, int? value)
            {
                if (value is { } given && !ReferenceEquals(engine.OriginOf(property), Engine.OriginOf(property)))
                {
                    writer.WriteNumber(name, given);
                }
            }
        }

        var element = JsonElement.Parse(bytes.WrittenSpan);
        return element.EnumerateObject().Any() ? element : null;
    }
}
