using GGLib.Engine.Launching;

namespace GGLib.Engine.Scheduling;

/// <summary>The launch options of a runner that exists or is requested. Failures are counted per key: those of one client's launch options say nothing about the model.</summary>
/// <param name="Model">The model's key.</param>
/// <param name="Context">The context asked for in tokens; null if none was.</param>
/// <param name="Options">The options asked for.</param>
internal readonly record struct LaunchKey(string Model, int? Context, LoadOptions Options)
{
    /// <summary>Whether nothing was asked for: the launch that everybody else uses.</summary>
    public bool IsDefault => Context is null && Options == LoadOptions.None;

    public static LaunchKey Default(string model) => new(model, null, LoadOptions.None);

    public static LaunchKey Of(Waiter waiter) => new(waiter.Model.Key, waiter.Context, waiter.Options);

    public static LaunchKey Of(RunnerEntry entry) => new(entry.Model.Key, entry.AskedContext, entry.AskedOptions);

    /// <summary>The requested options under the API's names, for example <c>num_ctx 4096, num_thread 2</c>.</summary>
    public string Describe()
    {
        List<string> parts = [];
        Add("num_ctx", Context);
        Add("num_gpu", Options.GpuLayers);
        Add("main_gpu", Options.MainGpu);
        Add("num_thread", Options.Threads);
        Add("num_batch", Options.Batch);
        Add("use_mmap", Options.Mmap);
        Add("draft_num_predict", Options.DraftTokens);
        Add("shift", Options.ContextShift);
        return string.Join(", ", parts);

        void Add<T>(string name, T? value)
            where T : struct
        {
            if (value is { } given)
            {
                parts.Add(given is bool flag ? $"{name} {(flag ? "true" : "false")}" : $"{name} {given}");
            }
        }
    }
}
