using System.Globalization;
using System.Net;

namespace GGLib.Configuration;

/// <summary>A host and a port to listen on.</summary>
internal sealed record ServerAddress(string Host, int Port)
{
    /// <summary>The environment variable that names it.</summary>
    public const string Variable = "OLLAMA_HOST";

    public const int DefaultPort = 11434;

    public const string DefaultHost = "127.0.0.1";

    /// <summary>Ollama's form, <c>[scheme://]host[:port][/path]</c>, with the defaults for what it does not say.</summary>
    public static ServerAddress Parse(string? text)
    {
        var (host, port) = Parts(text);
        return new ServerAddress(host ?? DefaultHost, port is null ? DefaultPort : int.Parse(port, CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// The parts of Ollama's form that are there. A scheme stands for its port; a port that is none counts as not said; a port without a host means every
    /// address of the machine.
    /// </summary>
    public static (string? Host, string? Port) Parts(string? text)
    {
        var rest = text?.Trim() ?? "";
        string? schemePort = null;
        if (rest.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme)
        {
            schemePort = rest[..scheme] switch { "http" => "80", "https" => "443", _ => null };
            rest = rest[(scheme + 3)..];
        }

        rest = rest.Split('/', 2)[0];
        if (rest.Length == 0)
        {
            return (null, schemePort);
        }

        var colon = rest.LastIndexOf(':');
        var hasPort = colon >= 0 && (rest.IndexOf(':') == colon || (rest[0] == '[' && rest[colon - 1] == ']'));
        if (!hasPort)
        {
            return (Bare(rest), schemePort);
        }

        var isPort = int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= IPEndPoint.MaxPort;
        return (colon == 0 ? "0.0.0.0" : Bare(rest[..colon]), isPort ? number.ToString(CultureInfo.InvariantCulture) : schemePort);
    }

    /// <summary><c>host:port</c>, IPv6 in brackets.</summary>
    public override string ToString() => $"{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}";

    /// <summary>A host without brackets, an address in its usual form.</summary>
    public static string Bare(string host) =>
        IPAddress.TryParse(host.Trim().Trim('[', ']'), out var address) ? address.ToString()
        : host.Trim().Equals("localhost", StringComparison.OrdinalIgnoreCase) ? "localhost"
        : host.Trim();
}
