using System.Text.RegularExpressions;

namespace GGLib.Server.Access;

/// <summary>
/// Decides which web pages may call the server: pages of this machine, of desktop programs, and those that <c>OLLAMA_ORIGINS</c> adds. Source: Ollama's
/// documentation and recorded exchanges.
/// </summary>
internal sealed class OriginPolicy
{
    private static readonly string[] LocalHosts = ["localhost", "127.0.0.1", "0.0.0.0", "[::1]"];
    private static readonly string[] ProgramSchemes = ["app://", "file://", "tauri://", "vscode-webview://", "vscode-file://"];

    private readonly List<Regex> _extra;

    public OriginPolicy(IReadOnlyList<string> extra)
    {
        AllowsAll = extra.Contains("*");
        _extra = [.. extra.Select(pattern => new Regex("^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100)))];
    }

    /// <summary>Whether every origin is allowed.</summary>
    public bool AllowsAll { get; }

    /// <summary>Whether a page may call the server.</summary>
    /// <param name="origin">The request's <c>Origin</c>.</param>
    /// <param name="host">The request's <c>Host</c>: pages of the server itself are allowed.</param>
    public bool Allows(string origin, string host)
    {
        if (AllowsAll || ProgramSchemes.Any(scheme => origin.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)))
        {
            return true;
        }

        if (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && (LocalHosts.Contains(uri.Host, StringComparer.OrdinalIgnoreCase) || uri.Authority.Equals(host, StringComparison.OrdinalIgnoreCase)))
        {
            return true;
        }

        return _extra.Exists(pattern => pattern.IsMatch(origin));
    }
}
