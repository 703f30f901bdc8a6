namespace GGLib.Serving;

/// <summary>
/// Lets what waits for a socket go on at once, on the thread that saw it ready, instead of on a pool thread. Kestrel's own inline scheduling does
/// the same on its side; docs/performance.md has what it saves, and what is not known. It asks in return that nothing on the way of a stream blocks; what may
/// (the catalog, files) comes before the stream, on the pool.
/// </summary>
internal static class InlineSockets
{
    // The runtime reads it once, when the first socket waits; there is no other way to say it.
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private static bool _ours;

    /// <summary>To be called before any socket is made. A choice of the user's own stands.</summary>
    public static void Choose()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            Environment.SetEnvironmentVariable(Variable, "1");
            _ours = true;
        }
    }

    /// <summary>To be called when a socket has waited: children are not to inherit the choice.</summary>
    public static void Chosen()
    {
        if (_ours)
        {
            Environment.SetEnvironmentVariable(Variable, null);
            _ours = false;
        }
    }
}
