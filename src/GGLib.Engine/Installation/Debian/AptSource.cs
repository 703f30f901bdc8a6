using System.Collections.Immutable;

namespace GGLib.Engine.Installation.Debian;

/// <summary>
/// One enabled archive of binary packages in the machine's apt configuration. <see cref="SignedBy"/> is the keyring's path,
/// fingerprints, or a whole key over several lines, as it stands; null when apt's own trusted keys count.
/// </summary>
internal sealed record AptSource(string Uri, ImmutableArray<string> Suites, ImmutableArray<string> Components, string? SignedBy);
