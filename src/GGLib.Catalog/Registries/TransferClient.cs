namespace GGLib.Catalog.Registries;

/// <summary>Makes the HTTP client that transfers want.</summary>
public static class TransferClient
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A client without a time limit, for transfers watch each read themselves; without redirects, for a token must not follow them; without decompression, for ranges
    /// count the bytes as they are stored. It honours the system's proxy settings. Who asks for it disposes it.
    /// </summary>
    public static HttpClient Create()
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = ConnectTimeout, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("gglib");
        return client;
    }
}
