namespace GGLib.Serving;

/// <summary>
/// Lets one thread wait for all sockets, and lets what waited go on at once on that thread instead of on one of the pool. Kestrel's own inline scheduling does the same on its
/// side. Tokens of several streams then gather behind one wake-up instead of waking a thread each; one thread passes on far more of them than any engine makes (docs/performance.md). It asks in
/// return that nothing on the way of a stream blocks: what may (the catalog, files, hashes) goes to the pool first.
/// </summary>
internal static class OneSocketThread
{
    // The runtime reads them once, when the first socket waits; there is no other way to say it. Without the second it has as many threads as there are processors.
    private static readonly (string Variable, string Value)[] Choices = [("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1"), ("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1")];

    private static readonly List<string> Ours = [];

    /// <summary>To be called before any socket is made. A choice of the user's own stands.</summary>
    public static void Choose()
    {
        foreach (var (variable, value) in Choices.Where(static choice => Environment.GetEnvironmentVariable(choice.Variable) is null))
        {
            Environment.SetEnvironmentVariable(variable, value);
            Ours.Add(variable);
        }
    }

    /// <summary>To be called when a socket has waited: children are not to inherit the choice.</summary>
    public static void Chosen()
    {
        foreach (var variable in Ours)
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        Ours.Clear();
    }
}
