using System.Buffers;

namespace GGLib.Catalog;

/// <summary>What each part of a name may look like.</summary>
internal static class NameParts
{
    public const int MaxPartLength = 80;

    private const int MaxHostLength = 350;
    private const string Alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> First = SearchValues.Create(Alphanumeric + "_");
    private static readonly SearchValues<char> InHost = SearchValues.Create(Alphanumeric + "_-.:");
    private static readonly SearchValues<char> InNamespace = SearchValues.Create(Alphanumeric + "_-");
    private static readonly SearchValues<char> InModel = SearchValues.Create(Alphanumeric + "_-.");

    public static bool IsHost(ReadOnlySpan<char> part) => IsPart(part, InHost, MaxHostLength);

    public static bool IsNamespace(ReadOnlySpan<char> part) => IsPart(part, InNamespace, MaxPartLength);

    public static bool IsModel(ReadOnlySpan<char> part) => IsPart(part, InModel, MaxPartLength);

    public static bool IsTag(ReadOnlySpan<char> part) => IsPart(part, InModel, MaxPartLength);

    public static bool IsFirst(char character) => First.Contains(character);

    public static bool IsInModel(char character) => InModel.Contains(character);

    private static bool IsPart(ReadOnlySpan<char> part, SearchValues<char> allowed, int most) =>
        part.Length >= 1 && part.Length <= most && First.Contains(part[0]) && !part.ContainsAnyExcept(allowed);
}
