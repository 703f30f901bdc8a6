namespace GGLib.Engine.Installation;

/// <summary>A source of llama-server.</summary>
internal interface IEngineProvider
{
    /// <summary>The name in <c>GGLIB_ENGINE_PROVIDER</c> and in messages.</summary>
    string Name { get; }

    /// <summary>
    /// Puts a runnable llama-server into <paramref name="workspace"/>. Touches nothing outside it: the caller removes it whatever
    /// happens, and keeps only the outcome's payload folder. What a network, a mirror or a disk does wrong is an outcome;
    /// cancelling throws.
    /// </summary>
    Task<ProviderOutcome> PrepareAsync(string workspace, IProgress<InstallProgress> progress, CancellationToken cancellationToken);
}
