using System.Net.Http.Headers;

namespace GGLib.Catalog.Registries.Http;

/// <summary>
/// What a server is told about who asks: a token of the user's, or one that the server hands out to anybody who follows its challenge. It goes to the server it is for and
/// to no other, wherever that redirects. Thread-safe.
/// </summary>
/// <param name="server">Whom it is for.</param>
/// <param name="token">The user's token, or null.</param>
internal sealed class Credentials(Uri server, string? token = null)
{
    private volatile string? _token = token;

    /// <summary>Whose server may be asked over plain HTTP.</summary>
    public Uri Server => server;

    public string? Token
    {
        get => _token;
        set => _token = value;
    }

    public AuthenticationHeaderValue? For(Uri address) => _token is { } current && IsSameServer(address) ? new AuthenticationHeaderValue("Bearer", current) : null;

    public bool IsSameServer(Uri address) =>
        Uri.Compare(server, address, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
