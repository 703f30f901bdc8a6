using System.Globalization;
using System.Net;

namespace GGLib.Configuration;

/// <summary>A host and a port to listen on.</summary>
internal sealed record ServerAddress(string Host, int Port)
{
    /// <summary>The environment variable that names it.</summary>
    public const string Variable = "OLLAMA_HOST";

    public const int DefaultPort = 11434;

    private const string DefaultHost = "127.0.0.1";

    /// <summary>From <c>OLLAMA_HOST</c>, with what the command line says on top.</summary>
    public static ServerAddress From(EnvironmentValues environment, string? host, int? port)
    {
        var address = Parse(environment.Text(Variable));
        return new ServerAddress(host is null ? address.Host : Bare(host), port ?? address.Port);
    }

    /// <summary>
    /// Ollama's form, <c>[scheme://]host[:port][/path]</c>. A scheme changes the default port; a port that is none gives the
    /// default; a port without a host means every address of the machine.
    /// </summary>
    public static ServerAddress Parse(string? text)
    {
        var rest = text?.Trim() ?? "";
        var defaultPort = DefaultPort;
        if (rest.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme)
        {
            defaultPort = rest[..scheme] switch { "http" => 80, "https" => 443, _ => DefaultPort };
            rest = rest[(scheme + 3)..];
        }

        rest = rest.Split('/', 2)[0];
        if (rest.Length == 0)
        {
            return new ServerAddress(DefaultHost, defaultPort);
        }

        var colon = rest.LastIndexOf(':');
        var hasPort = colon >= 0 && (rest.IndexOf(':') == colon || (rest[0] == '[' && rest[colon - 1] == ']'));
        if (!hasPort)
        {
            return new ServerAddress(Bare(rest), defaultPort);
        }

        var port = int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= IPEndPoint.MaxPort
            ? number
            : defaultPort;
        return new ServerAddress(colon == 0 ? "0.0.0.0" : Bare(rest[..colon]), port);
    }

    /// <summary><c>host:port</c>, IPv6 in brackets.</summary>
    public override string ToString() => $"{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}";

    private static string Bare(string host) =>
        IPAddress.TryParse(host.Trim().Trim('[', ']'), out var address) ? address.ToString()
        : host.Trim().Equals("localhost", StringComparison.OrdinalIgnoreCase) ? "localhost"
        : host.Trim();
}
