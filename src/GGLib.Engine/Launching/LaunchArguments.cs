using System.Globalization;
using GGLib.Engine.Installation;
using GGLib.Engine.Processes;

namespace GGLib.Engine.Launching;

/// <summary>
/// llama-server's command line for a model, each argument with where it came from. Pure; flags the binary does not know are left out, because one unknown flag
/// ends it at once. What is started and what <c>gglib explain</c> shows both come from here.
/// </summary>
internal static class LaunchArguments
{
    // llama-server keeps the prompts of idle slots in host memory, 8 GiB of it by default and for every child.
    private const int PromptCacheMiB = 512;

    // A draft by another, smaller model of the same family.
    private const string DraftKind = "draft-simple";

    public static List<LaunchArgument> For(EngineBinary binary, EngineModel model, LaunchPlan plan, EngineSettings settings, RunnerAddress address, string alias, string templateFile)
    {
        var arguments = new List<LaunchArgument>();
        Add("--model", model.Path, new(OriginKind.ModelFile, "the model's file"));
        Add("--alias", alias, new(OriginKind.Default, "random at each start; replaced by the client's name in answers"));
        arguments.AddRange(address.Arguments());

        // Every slot gets its share of the total.
        var total = Math.Min((long)plan.ContextLength * plan.Slots, int.MaxValue);
        AddNumber("--ctx-size", (int)total, plan.ContextOrigin with { Text = $"{plan.ContextLength} × {plan.Slots} slots; context {plan.ContextOrigin.Text}" });
        AddNumber("--parallel", plan.Slots, plan.SlotsOrigin);
        if (model.ProjectorPath is { } projector)
        {
            Add("--mmproj", projector, new(OriginKind.ModelFile, "the model's projector"));
        }

        foreach (var adapter in settings.Adapters ?? [.. model.AdapterPaths.Select(static path => new LaunchAdapter(path))])
        {
            var origin = settings.Adapters is null ? new(OriginKind.Stored, "the model's adapter") : settings.OriginOf(nameof(settings.Adapters));
            if (adapter.Scale == 1)
            {
                Add("--lora", adapter.Path, origin);
            }
            else
            {
                Add("--lora-scaled", $"{adapter.Path}:{adapter.Scale.ToString(CultureInfo.InvariantCulture)}", origin);
            }
        }

        AddSpeculation();
        var batch = settings.Batch;
        var batchOrigin = settings.OriginOf(nameof(settings.Batch));
        if (model.IsEmbedding)
        {
            Add("--embedding", null, new(OriginKind.ModelFile, "an embedding model"));
            if (batch is null)
            {
                batch = Math.Min(2048, plan.ContextLength);
                batchOrigin = new(OriginKind.Computed, $"a batch holds a whole input: min(2048, context {plan.ContextLength})");
            }
        }

        if (batch is { } asked)
        {
            var tokens = LaunchLimits.RaiseBatch(asked, model, plan.Slots);
            if (tokens > asked)
            {
                batchOrigin = batchOrigin with { Text = $"{batchOrigin.Text}, {asked} raised to the least that llama-server takes" };
            }

            AddNumber("--batch-size", tokens, batchOrigin);
            AddNumber("--ubatch-size", tokens, batchOrigin);
        }

        if (model is { IsEmbedding: true, IsReranker: true })
        {
            Add("--pooling", "rank", new(OriginKind.ModelFile, "a reranker"));
        }

        AddOptions();
        if (binary.Supports("--cache-type-k") && binary.Supports("--cache-type-v"))
        {
            AddCacheType("--cache-type-k", settings.KvCacheTypeK, nameof(settings.KvCacheTypeK));
            AddCacheType("--cache-type-v", settings.KvCacheTypeV, nameof(settings.KvCacheTypeV));
        }

        if (settings.FlashAttention is { } flash && binary.Supports("--flash-attn"))
        {
            Add("--flash-attn", flash ? "on" : "off", settings.OriginOf(nameof(settings.FlashAttention)));
        }

        // 26 lines a request in 0.7.0, none a token, and no prompts: those come at 5.
        if (binary.Supports("--log-verbosity"))
        {
            AddNumber("--log-verbosity", 4, new(OriginKind.Default, "from there on it tells the sizes of its buffers; nothing a token"));
        }

        AddIfKnown("--jinja", "the model's own chat template");
        if (model.ChatTemplate is not null)
        {
            Add("--chat-template-file", templateFile, new(OriginKind.Stored, "the model's TEMPLATE"));
        }

        AddIfKnown("--offline", "llama-server fetches nothing");
        if (binary.Supports("--no-ui"))
        {
            AddIfKnown("--no-ui", "its own page is not served");
        }
        else
        {
            AddIfKnown("--no-webui", "its own page is not served");
        }

        if (binary.Supports("--cache-ram"))
        {
            AddNumber("--cache-ram", PromptCacheMiB, new(OriginKind.Default, "MiB for prompts of idle slots; llama-server would take 8 GiB"));
        }

        // Last: of a flag that is given twice llama-server takes the last.
        arguments.AddRange(settings.Arguments.Select(argument => new LaunchArgument(argument, null, settings.OriginOf(nameof(settings.Arguments)))));
        return arguments;

        void AddCacheType(string flag, string? type, string property)
        {
            if ((type ?? settings.KvCacheType) is { } given)
            {
                Add(flag, given, settings.OriginOf(type is null ? nameof(settings.KvCacheType) : property));
            }
        }

        void AddSpeculation()
        {
            if (settings.DraftTokens == 0)
            {
                return;
            }

            var isModels = settings.DraftModel is null;
            var draftOrigin = isModels ? new(OriginKind.Stored, "the model's draft model") : settings.OriginOf(nameof(settings.DraftModel));
            var draft = settings.DraftModel ?? model.DraftPath;

            // Renamed in 0.7.0; and since then a draft model that is named without a kind is loaded and not used.
            if (draft is not null)
            {
                Add(binary.Supports("--spec-draft-model") ? "--spec-draft-model" : "--model-draft", draft, draftOrigin);
            }

            IReadOnlyList<string> types = settings.Speculative ?? (draft is null ? [] : [DraftKind]);
            if (types.Count > 0 && binary.Supports("--spec-type"))
            {
                Add("--spec-type", string.Join(',', types), settings.Speculative is null ? draftOrigin : settings.OriginOf(nameof(settings.Speculative)));
            }

            if (settings.DraftTokens is { } most && types.Any(static type => type.StartsWith("draft-", StringComparison.Ordinal)))
            {
                AddNumber(binary.Supports("--spec-draft-n-max") ? "--spec-draft-n-max" : "--draft-max", most, settings.OriginOf(nameof(settings.DraftTokens)));
            }
        }

        void AddOptions()
        {
            if (settings.GpuLayers is >= 0 and var layers)
            {
                AddNumber("--n-gpu-layers", layers, settings.OriginOf(nameof(settings.GpuLayers)));
            }

            if (settings.SplitMode is { } mode)
            {
                Add("--split-mode", mode, settings.OriginOf(nameof(settings.SplitMode)));
            }

            if (settings.TensorSplit is { } split)
            {
                Add("--tensor-split", string.Join(',', split.Select(static share => share.ToString(CultureInfo.InvariantCulture))), settings.OriginOf(nameof(settings.TensorSplit)));
            }

            if (settings.MainGpu is >= 0 and var gpu)
            {
                if (settings.SplitMode is null)
                {
                    Add("--split-mode", "none", settings.OriginOf(nameof(settings.MainGpu)));
                }

                AddNumber("--main-gpu", gpu, settings.OriginOf(nameof(settings.MainGpu)));
            }

            if (settings.Threads is > 0 and var threads)
            {
                AddNumber("--threads", threads, settings.OriginOf(nameof(settings.Threads)));
            }

            if (settings.ThreadsBatch is > 0 and var threadsBatch && binary.Supports("--threads-batch"))
            {
                AddNumber("--threads-batch", threadsBatch, settings.OriginOf(nameof(settings.ThreadsBatch)));
            }

            if (settings.ContextShift is true && binary.Supports("--context-shift"))
            {
                Add("--context-shift", null, settings.OriginOf(nameof(settings.ContextShift)));
            }

            if (settings.Mmap is not { } mmap)
            {
                return;
            }

            // Newer binaries know --load-mode alone, older ones --no-mmap alone, where mapping is the default.
            if (binary.Supports("--load-mode"))
            {
                Add("--load-mode", mmap ? "mmap" : "none", settings.OriginOf(nameof(settings.Mmap)));
            }
            else if (!mmap && binary.Supports("--no-mmap"))
            {
                Add("--no-mmap", null, settings.OriginOf(nameof(settings.Mmap)));
            }
        }

        void Add(string flag, string? value, ValueOrigin origin) => arguments.Add(new(flag, value, origin));

        void AddNumber(string flag, int value, ValueOrigin origin) => Add(flag, value.ToString(CultureInfo.InvariantCulture), origin);

        void AddIfKnown(string flag, string why)
        {
            if (binary.Supports(flag))
            {
                Add(flag, null, new(OriginKind.Default, why));
            }
        }
    }
}
