using System.Net;
using GGLib.Configuration;
using GGLib.Serving;

namespace GGLib.Client;

/// <summary>Where the verbs that need a running server look for it.</summary>
/// <param name="Url">The base, ending in a slash.</param>
/// <param name="IsHere">Whether it can only be on this machine.</param>
internal sealed record ServerUrl(Uri Url, bool IsHere)
{
    /// <summary>
    /// Where the settings have a server listen; from <c>OLLAMA_HOST</c>, as Ollama's own client reads it, also the scheme and the path, so that a
    /// server behind a reverse proxy can be named.
    /// </summary>
    /// <returns>A failure when it names no host, or the configuration cannot be read.</returns>
    public static Attempt<ServerUrl> From(Surroundings around)
    {
        if (!around.ReadSettings().Succeeded(out var settings, out var failure))
        {
            return failure;
        }

        var text = around.Environment.Text(ServerAddress.Variable);
        var address = text is null ? settings.Address : ServerAddress.Parse(text);
        var scheme = text?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) is true ? "https" : "http";
        var rest = text is null ? "" : text[(text.IndexOf("://", StringComparison.Ordinal) is >= 0 and var at ? at + 3 : 0)..];
        var path = rest.IndexOf('/') is >= 0 and var slash ? rest[slash..].Trim('/') : "";
        var url = $"{scheme}{LocalHttp.BaseUrl(address)["http".Length..]}/{(path.Length > 0 ? path + "/" : "")}";
        return Uri.TryCreate(url, UriKind.Absolute, out var uri)
            ? new ServerUrl(uri, uri.IsLoopback || IPAddress.TryParse(address.Host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
            : new CommandFailure(ExitCode.Usage, $"{ServerAddress.Variable} is '{text}', which names no server. It is [scheme://]host[:port][/path].");
    }

    /// <summary>A server of this program.</summary>
    public static ServerUrl Of(ServerAddress address) => new(new Uri(LocalHttp.BaseUrl(address) + "/"), IsHere: true);

    public override string ToString() => Url.ToString().TrimEnd('/');
}
