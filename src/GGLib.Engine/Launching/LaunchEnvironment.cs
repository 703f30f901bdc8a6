namespace GGLib.Engine.Launching;

/// <summary>What is set in llama-server's environment beside what it inherits.</summary>
internal static class LaunchEnvironment
{
    // What libgomp itself takes where a process has more threads than there are processors; it cannot know of other processes.
    private const string ShortSpin = "1000";

    /// <summary>
    /// The threads of a model that computes on the processor wait for each other hundreds of times a token, and by default spin for milliseconds as they do. Of two models that compute at once each then holds the
    /// processors that the other's threads need, and both come nearly to a stop (docs/adr/0016). A user's own choice stands; where llama-server is made without libgomp nobody reads it.
    /// </summary>
    /// <param name="settings">The settings of the model.</param>
    /// <param name="inherited">Reads a variable that the child inherits.</param>
    public static IEnumerable<LaunchVariable> For(EngineSettings settings, Func<string, string?> inherited)
    {
        if (settings.MaxLoadedModels != 1 && inherited("GOMP_SPINCOUNT") is null && inherited("OMP_WAIT_POLICY") is null)
        {
            yield return new("GOMP_SPINCOUNT", ShortSpin, new(OriginKind.Default, "threads wait without spinning for long: other models may need the processors"));
        }
    }
}
