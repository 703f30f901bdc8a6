using System.Net;
using GGLib.Configuration;

namespace GGLib.Serving;

/// <summary>HTTP to a server on this machine.</summary>
internal static class LocalHttp
{
    /// <summary>A client for what listens on an address. Never through a proxy: that would ask another machine's port.</summary>
    public static HttpClient Create(ServerAddress address)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
        return new HttpClient(handler, disposeHandler: true)
        {
            BaseAddress = new Uri(BaseUrl(address)),

            // The first answer waits for its model, and a large one takes minutes; who calls limits what must be short.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>The URL under which this machine reaches an address; "every address" is no address to call.</summary>
    public static string BaseUrl(ServerAddress address)
    {
        var any = IPAddress.TryParse(address.Host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));
        return $"http://{(any ? address with { Host = "127.0.0.1" } : address)}";
    }
}
