using GGLib.Engine.Installation.Debian;

namespace GGLib.Tests.Engine.Installation;

public sealed class DebianSourcesTests : IDisposable
{
    private const string Public = "http://deb.debian.org/debian";
    private const string Keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Stanzas_are_read()
    {
        Write("sources.list.d/debian.sources", """
            Types: deb deb-src
            # a comment inside
            URIs: https://mirror.example/debian/
            Suites: trixie trixie-updates
            Components: main
             contrib
            Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

            Types: deb
            URIs: https://mirror.example/debian-security
            Suites: trixie-security
            Components: main

            Enabled: no
            Types: deb
            URIs: https://off.example/debian
            Suites: trixie
            Components: main

            """);
        Assert.Equal([("https://mirror.example/debian", Keyring), (Public, null)], Mirrors());
    }

    [Fact]
    public void Lines_are_read()
    {
        Write("sources.list", """
            # deb http://off.example/debian trixie main
            deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian trixie main # why
            deb-src http://source.example/debian trixie main
            deb http://security.debian.org/debian-security trixie-security main
            deb [broken
            """);
        Assert.Equal([("http://mirror.example/debian", Keyring), (Public, null)], Mirrors());
    }

    [Fact]
    public void A_whole_key_in_the_sources_stays_whole()
    {
        Write("sources.list.d/debian.sources", """
            Types: deb
            URIs: http://deb.debian.org/debian
            Suites: trixie
            Components: main
            Signed-By:
             -----BEGIN PGP PUBLIC KEY BLOCK-----
             .
             mQINBF
             -----END PGP PUBLIC KEY BLOCK-----
            """);
        Assert.Equal("\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n -----END PGP PUBLIC KEY BLOCK-----", Assert.Single(Mirrors()).SignedBy);
    }

    [Fact]
    public void Other_vendors_archives_come_after_debians_own_or_not_at_all()
    {
        Write("sources.list.d/a-vendor.list", "deb [signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.example/linux/debian trixie stable");
        Write("sources.list.d/b-vendor.list", "deb https://vendor.example/debian trixie main");
        Write("sources.list.d/c.list", $"deb [signed-by={Keyring}] http://mirror.example/debian trixie main");
        Write("sources.list.d/d.list.disabled", "deb http://off.example/debian trixie main");
        Assert.Equal([("http://mirror.example/debian", Keyring), ("https://vendor.example/debian", null), (Public, null)], Mirrors());
    }

    [Fact]
    public void A_machine_without_a_debian_archive_uses_the_public_one_with_debians_keys()
    {
        Write("sources.list.d/ubuntu.sources", "Types: deb\nURIs: http://archive.ubuntu.com/ubuntu\nSuites: noble\nComponents: main universe\n");
        Assert.Equal([new DebianMirror(Public, Keyring)], DebianMirror.Candidates(AptSourceReader.ReadAll(_folder.Path), static path => path == Keyring));
    }

    [Fact]
    public void No_configuration_at_all_is_no_error() => Assert.Equal([(Public, null)], Mirrors());

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllText(_folder[name], content.ReplaceLineEndings("\n"));
    }

    private (string Uri, string? SignedBy)[] Mirrors() =>
        [.. DebianMirror.Candidates(AptSourceReader.ReadAll(_folder.Path), static _ => false).Select(static mirror => (mirror.Uri, mirror.SignedBy))];
}
