using System.Net.Http.Headers;

namespace GGLib.Catalog.Registries.Http;

/// <summary>
/// Reads <c>WWW-Authenticate: Bearer realm="…",service="…",scope="…"</c>. Source: the Distribution project's token authentication specification.
/// </summary>
internal static class Challenge
{
    /// <summary>Where a token can be had; null when the answer does not say, or says something that is no address.</summary>
    public static Uri? TokenAddress(HttpResponseHeaders headers)
    {
        var bearer = headers.WwwAuthenticate.FirstOrDefault(static challenge => challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase));
        var fields = Parse(bearer?.Parameter ?? "");
        if (!fields.TryGetValue("realm", out var realm) || !Uri.TryCreate(realm, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
        {
            return null;
        }

        var query = new List<string>();
        if (address.Query.Length > 1)
        {
            query.Add(address.Query[1..]);
        }

        foreach (var name in new[] { "service", "scope" })
        {
            if (fields.TryGetValue(name, out var value))
            {
                // A server may ask for several scopes, with a blank between.
                query.AddRange(value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => $"{name}={Uri.EscapeDataString(part)}"));
            }
        }

        return new UriBuilder(address) { Query = string.Join('&', query) }.Uri;
    }

    private static Dictionary<string, string> Parse(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var at = 0; at < text.Length;)
        {
            var equals = text.IndexOf('=', at);
            if (equals < 0)
            {
                break;
            }

            var name = text[at..equals].Trim(' ', ',');
            var end = equals + 1 < text.Length && text[equals + 1] == '"' ? text.IndexOf('"', equals + 2) : text.IndexOf(',', equals);
            end = end < 0 ? text.Length : end;
            fields[name] = text[(equals + 1)..end].Trim(' ', '"');
            at = Math.Min(text.Length, end + 1);
        }

        return fields;
    }
}
