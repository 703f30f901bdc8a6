using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace GGLib.Catalog.Blobs;

/// <summary>
/// The SHA-256 by which a blob is known. Read from <c>sha256:</c> or <c>sha256-</c> and 64 hexadecimal digits of either case; nothing else can become one, so that its
/// file name never leads out of a folder. Immutable; two are equal when their digits are.
/// </summary>
public sealed record BlobDigest
{
    private const string Algorithm = "sha256";
    private const int HexLength = 64;

    private BlobDigest(string hex) => Hex = hex;

    /// <summary>The 64 digits, in lower case.</summary>
    public string Hex { get; }

    /// <summary>The first 12 digits, by which Ollama's progress lines call a blob.</summary>
    public string Short => Hex[..12];

    /// <summary>As files are named in Ollama's store: <c>sha256-…</c>.</summary>
    public string FileName => $"{Algorithm}-{Hex}";

    /// <summary>Reads a digest; false for whatever is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out BlobDigest? digest)
    {
        digest = text?.Length == Algorithm.Length + 1 + HexLength && text.StartsWith(Algorithm, StringComparison.Ordinal) && text[Algorithm.Length] is ':' or '-'
            ? OfHex(text[(Algorithm.Length + 1)..])
            : null;
        return digest is not null;
    }

    /// <summary>Of 64 hexadecimal digits alone, as <c>ETag</c> headers and Git LFS have them; null for whatever is none.</summary>
    public static BlobDigest? OfHex(string? hex) =>
#pragma warning disable CA1308 // Digests are written in lower case everywhere.
        hex?.Length == HexLength && hex.All(char.IsAsciiHexDigit) ? new(hex.ToLowerInvariant()) : null;
#pragma warning restore CA1308

    /// <summary>The digest of these bytes.</summary>
    public static BlobDigest Of(ReadOnlySpan<byte> bytes) => new(Convert.ToHexStringLower(SHA256.HashData(bytes)));

    /// <summary>As manifests have it: <c>sha256:…</c>.</summary>
    public override string ToString() => $"{Algorithm}:{Hex}";

    /// <summary>Ends a running hash.</summary>
    internal static BlobDigest Of(IncrementalHash hash) => new(Convert.ToHexStringLower(hash.GetHashAndReset()));
}
