using GGLib.Engine.Installation;
using GGLib.Engine.Installation.Debian;

namespace GGLib.Tests.Engine.Installation;

public sealed class AptFailureTests
{
    private static readonly DebianMirror Mirror = new("http://deb.debian.org/debian", null);

    [Theory]
    [InlineData("W: GPG error: http://deb.debian.org/debian forky InRelease: The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 6ED0E7B82643E131\nE: The repository 'http://deb.debian.org/debian forky InRelease' is not signed.")]
    [InlineData("W: OpenPGP signature verification failed: http://deb.debian.org/debian forky InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is: Missing key 41587F7DB8C774BCCF131416762F67A0B2C39DE4, which is needed to verify signature.")]
    [InlineData("E: http://deb.debian.org/debian forky InRelease: The following signatures were invalid: EXPKEYSIG 6ED0E7B82643E131")]
    public void A_keyring_too_old_has_an_exact_remedy(string error)
    {
        var failure = AptFailure.From(Failed(error), Mirror, "forky");
        Assert.Contains("debian-archive-keyring", failure.Remedy, StringComparison.Ordinal);
        Assert.False(failure.MirrorIsUnreachable);
    }

    [Theory]
    [InlineData("Err:1 http://deb.debian.org/debian forky InRelease\n  Temporary failure resolving 'deb.debian.org'\nE: Failed to fetch http://deb.debian.org/debian/dists/forky/InRelease  Temporary failure resolving 'deb.debian.org'")]
    [InlineData("E: Failed to fetch http://deb.debian.org/debian/dists/forky/InRelease  Could not connect to deb.debian.org:80 (151.101.2.132), connection timed out")]
    [InlineData("E: Failed to fetch http://deb.debian.org/debian/dists/forky/InRelease  407  Proxy Authentication Required")]
    public void A_mirror_out_of_reach_is_not_asked_for_other_suites(string error)
    {
        var failure = AptFailure.From(Failed(error), Mirror, "forky");
        Assert.True(failure.MirrorIsUnreachable);
        Assert.Contains("E: Failed to fetch", failure.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("E: The repository 'http://deb.debian.org/debian forky Release' does not have a Release file.", "does not carry forky")]
    [InlineData("E: Failed to fetch http://deb.debian.org/debian/dists/forky/InRelease  404  Not Found [IP: 10.0.0.1 80]", "does not carry forky")]
    [InlineData("E: Unable to locate package llama.cpp-tools", "does not carry llama.cpp")]
    [InlineData("E: Write error - write (28: No space left on device)", "The disk is full.")]
    [InlineData("E: something new", "E: something new.")]
    [InlineData("", "it gave no reason")]
    public void Anything_else_is_told_in_a_sentence(string error, string expected) =>
        Assert.Contains(expected, AptFailure.From(Failed(error), Mirror, "forky").Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("19.4 MB of archives.", 19_400_000L)]
    [InlineData("12.0 kB/1,234 MB of archives.", 12_000L)]
    [InlineData("0 B of archives.", 0L)]
    [InlineData("nothing", null)]
    public void Sizes_are_read_as_apt_writes_them(string text, long? expected) => Assert.Equal(expected, AptProgress.Size(text));

    private static ToolResult Failed(string error) => new(100, "", error, null);
}
