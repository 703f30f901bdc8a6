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

        foreach (var adapter in model.AdapterPaths)
        {
            Add("--lora", adapter, new(OriginKind.Stored, "the model's adapter"));
        }

        AddDraft();
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

        if (batch is { } tokens)
        {
            AddNumber("--batch-size", tokens, batchOrigin);
            AddNumber("--ubatch-size", tokens, batchOrigin);
        }

        if (model is { IsEmbedding: true, IsReranker: true })
        {
            Add("--pooling", "rank", new(OriginKind.ModelFile, "a reranker"));
        }

        AddOptions();
        if (settings.KvCacheType is { } cacheType && binary.Supports("--cache-type-k") && binary.Supports("--cache-type-v"))
        {
            Add("--cache-type-k", cacheType, settings.OriginOf(nameof(settings.KvCacheType)));
            Add("--cache-type-v", cacheType, settings.OriginOf(nameof(settings.KvCacheType)));
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

        void AddDraft()
        {
            if (model.DraftPath is not { } draft)
            {
                return;
            }

            // Renamed in 0.7.0, where the old names still work.
            Add(binary.Supports("--spec-draft-model") ? "--spec-draft-model" : "--model-draft", draft, new(OriginKind.Stored, "the model's draft model"));
            if (model.DraftTokens is { } most)
            {
                AddNumber(binary.Supports("--spec-draft-n-max") ? "--spec-draft-n-max" : "--draft-max", most, new(OriginKind.Stored, "PARAMETER draft_num_predict of the model"));
            }
        }

        void AddOptions()
        {
            if (settings.GpuLayers is >= 0 and var layers)
            {
                AddNumber("--n-gpu-layers", layers, settings.OriginOf(nameof(settings.GpuLayers)));
            }

            if (settings.MainGpu is >= 0 and var gpu)
            {
                Add("--split-mode", "none", settings.OriginOf(nameof(settings.MainGpu)));
                AddNumber("--main-gpu", gpu, settings.OriginOf(nameof(settings.MainGpu)));
            }

            if (settings.Threads is > 0 and var threads)
            {
                AddNumber("--threads", threads, settings.OriginOf(nameof(settings.Threads)));
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
