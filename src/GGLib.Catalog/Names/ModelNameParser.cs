namespace GGLib.Catalog;

/// <summary>Splits a name from its end, as Ollama does: tag, model, namespace, host.</summary>
internal static class ModelNameParser
{
    private const string LocalSuffix = ":local";
    private const string CloudSuffix = ":cloud";

    // No valid name is longer; this keeps a megabyte of slashes from being split.
    private const int MaxLength = 1024;

    public static ModelName? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var rest = text.AsSpan().Trim();
        if (rest.Length is 0 or > MaxLength)
        {
            return null;
        }

        var origin = NameOrigin.Unspecified;
        var hadCloudSuffix = rest.EndsWith(CloudSuffix, StringComparison.OrdinalIgnoreCase);
        if (hadCloudSuffix)
        {
            origin = NameOrigin.Cloud;
            rest = rest[..^CloudSuffix.Length];
        }
        else if (rest.EndsWith(LocalSuffix, StringComparison.OrdinalIgnoreCase))
        {
            origin = NameOrigin.Local;
            rest = rest[..^LocalSuffix.Length];
        }

        var schemeEnd = rest.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd >= 0)
        {
            rest = rest[(schemeEnd + 3)..];
        }

        ReadOnlySpan<char> tag = ModelName.DefaultTag;
        var colon = rest.LastIndexOf(':');
        if (colon > rest.LastIndexOf('/'))
        {
            tag = rest[(colon + 1)..];
            rest = rest[..colon];
        }

        var slash = rest.LastIndexOf('/');
        var model = rest[(slash + 1)..];
        ReadOnlySpan<char> @namespace = ModelName.DefaultNamespace;
        ReadOnlySpan<char> host = ModelName.DefaultHost;
        var hasHost = false;
        if (slash >= 0)
        {
            rest = rest[..slash];
            slash = rest.LastIndexOf('/');
            @namespace = rest[(slash + 1)..];
            hasHost = slash >= 0;
            host = hasHost ? rest[..slash] : host;
        }

        // A scheme without a host, such as http://x, names nothing; a tag that reads as a suffix could never be asked for again.
        if ((schemeEnd >= 0 && !hasHost)
            || tag.Equals(LocalSuffix.AsSpan(1), StringComparison.OrdinalIgnoreCase)
            || tag.Equals(CloudSuffix.AsSpan(1), StringComparison.OrdinalIgnoreCase)
            || !NameParts.IsHost(host) || !NameParts.IsNamespace(@namespace) || !NameParts.IsModel(model) || !NameParts.IsTag(tag))
        {
            return null;
        }

        if (origin is NameOrigin.Unspecified && tag.EndsWith("-cloud", StringComparison.OrdinalIgnoreCase))
        {
            origin = NameOrigin.Cloud;
        }

        return new(host.ToString(), @namespace.ToString(), model.ToString(), tag.ToString(), origin, hadCloudSuffix);
    }
}
