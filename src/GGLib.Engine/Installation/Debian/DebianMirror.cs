using System.Collections.Immutable;

namespace GGLib.Engine.Installation.Debian;

/// <summary>Where Debian's archive is fetched from, and whose signature counts for it.</summary>
internal sealed record DebianMirror(string Uri, string? SignedBy)
{
    /// <summary>Debian's own address, for machines whose apt names no Debian archive.</summary>
    public const string PublicUri = "http://deb.debian.org/debian";

    /// <summary>Where the package debian-archive-keyring puts Debian's keys, on Debian and on its derivatives.</summary>
    private static readonly string[] Keyrings = ["/usr/share/keyrings/debian-archive-keyring.pgp", "/usr/share/keyrings/debian-archive-keyring.gpg"];

    /// <summary>The machine's own mirror first: it may be the only one that a firewall lets through.</summary>
    public static ImmutableArray<DebianMirror> Candidates(ImmutableArray<AptSource> sources, Func<string, bool> fileExists)
    {
        var keyring = Keyrings.FirstOrDefault(fileExists);
        var candidates = sources
            .Where(static source => IsDebianArchive(source))
            .OrderByDescending(static source => Certainty(source))
            .Select(static source => new DebianMirror(source.Uri.TrimEnd('/'), source.SignedBy))
            .Append(new DebianMirror(PublicUri, keyring));
        return [.. candidates.DistinctBy(static mirror => mirror.Uri)];
    }

    /// <summary>A path of <c>/debian</c> and a component <c>main</c>; not the security archive, which has no suites of its own to offer.</summary>
    private static bool IsDebianArchive(AptSource source) =>
        source.Uri.TrimEnd('/').EndsWith("/debian", StringComparison.Ordinal)
        && source.Components.Contains("main")
        && !source.Suites.All(static suite => suite.Contains("security", StringComparison.Ordinal));

    /// <summary>Other vendors also end their addresses in <c>/debian</c>. Debian's own keyring or host tells.</summary>
    private static int Certainty(AptSource source) =>
        (source.SignedBy?.Contains("debian-archive", StringComparison.Ordinal) == true ? 2 : 0)
        + (source.Uri.Contains("debian.org", StringComparison.Ordinal) ? 2 : 0)
        + (source.Suites.Any(static suite => suite.EndsWith("-updates", StringComparison.Ordinal)) ? 1 : 0);
}
