namespace GGLib.Engine.Launching;

/// <summary>What a request may say of how its model is launched, besides the context; null where it says nothing. Source: Ollama's <c>options</c>.</summary>
public sealed record LoadOptions
{
    /// <summary>Nothing said.</summary>
    public static LoadOptions None { get; } = new();

    /// <summary>Layers on the graphics card (<c>num_gpu</c>).</summary>
    public int? GpuLayers { get; init; }

    /// <summary>The one graphics card to use (<c>main_gpu</c>).</summary>
    public int? MainGpu { get; init; }

    /// <summary>Threads that compute (<c>num_thread</c>).</summary>
    public int? Threads { get; init; }

    /// <summary>Tokens of a prompt that are computed together (<c>num_batch</c>).</summary>
    public int? Batch { get; init; }

    /// <summary>Whether the file is mapped into memory (<c>use_mmap</c>).</summary>
    public bool? Mmap { get; init; }

    /// <summary>Most tokens that are drafted at once (<c>draft_num_predict</c>); 0: nothing is drafted.</summary>
    public int? DraftTokens { get; init; }

    /// <summary>Whether the context is shifted when an answer reaches its end (<c>shift</c>); a model is launched without that when nobody says.</summary>
    public bool? ContextShift { get; init; }

    /// <summary>Whether a model that was launched with <paramref name="launched"/> does for a request that says this.</summary>
    public bool IsServedBy(LoadOptions launched) =>
        Agree(GpuLayers, launched.GpuLayers) && Agree(MainGpu, launched.MainGpu) && Agree(Threads, launched.Threads)
        && Agree(Batch, launched.Batch) && (Mmap is null || Mmap == launched.Mmap) && Agree(DraftTokens, launched.DraftTokens)
        && (ContextShift is null || ContextShift == (launched.ContextShift ?? false));

    /// <summary>These, and where they say nothing the others.</summary>
    public LoadOptions Over(LoadOptions others) => new()
    {
        GpuLayers = GpuLayers ?? others.GpuLayers,
        MainGpu = MainGpu ?? others.MainGpu,
        Threads = Threads ?? others.Threads,
        Batch = Batch ?? others.Batch,
        Mmap = Mmap ?? others.Mmap,
        DraftTokens = DraftTokens ?? others.DraftTokens,
        ContextShift = ContextShift ?? others.ContextShift,
    };

    private static bool Agree(int? wanted, int? launched) => wanted is null || wanted == launched;
}
