using System.Globalization;
using GGLib.Engine.Installation;
using GGLib.Engine.Processes;

namespace GGLib.Engine.Launching;

/// <summary>llama-server's command line for a model. Pure; flags the binary does not know are left out, because one unknown flag ends it at once.</summary>
internal static class LaunchArguments
{
    // llama-server keeps the prompts of idle slots in host memory, 8 GiB of it by default and for every child.
    private const int PromptCacheMiB = 512;

    public static List<string> For(EngineBinary binary, EngineModel model, LaunchPlan plan, EngineSettings settings, RunnerAddress address, string alias)
    {
        var arguments = new List<string> { "--model", model.Path, "--alias", alias };
        address.AddArguments(arguments);

        // Every slot gets its share of the total.
        Add("--ctx-size", (int)Math.Min((long)plan.ContextLength * plan.Slots, int.MaxValue));
        Add("--parallel", plan.Slots);
        if (model.ProjectorPath is { } projector)
        {
            arguments.AddRange(["--mmproj", projector]);
        }

        if (model.IsEmbedding)
        {
            // The physical batch must hold a whole input.
            var batch = Math.Min(2048, plan.ContextLength);
            arguments.Add("--embedding");
            Add("--batch-size", batch);
            Add("--ubatch-size", batch);
            if (model.IsReranker)
            {
                arguments.AddRange(["--pooling", "rank"]);
            }
        }

        if (settings.KvCacheType is { } cacheType)
        {
            arguments.AddRange(["--cache-type-k", cacheType, "--cache-type-v", cacheType]);
        }

        if (settings.FlashAttention is { } flash)
        {
            arguments.AddRange(["--flash-attn", flash ? "on" : "off"]);
        }

        // Only from there on it tells the sizes of its buffers. 26 lines a request in 0.7.0, none a token, and no prompts: those come at 5.
        if (binary.Supports("--log-verbosity"))
        {
            Add("--log-verbosity", 4);
        }

        AddIfKnown("--jinja");
        AddIfKnown("--offline");
        if (binary.Supports("--no-ui"))
        {
            arguments.Add("--no-ui");
        }
        else
        {
            AddIfKnown("--no-webui");
        }

        if (binary.Supports("--cache-ram"))
        {
            Add("--cache-ram", PromptCacheMiB);
        }

        return arguments;

        void Add(string flag, int value) => arguments.AddRange([flag, value.ToString(CultureInfo.InvariantCulture)]);

        void AddIfKnown(string flag)
        {
            if (binary.Supports(flag))
            {
                arguments.Add(flag);
            }
        }
    }
}
