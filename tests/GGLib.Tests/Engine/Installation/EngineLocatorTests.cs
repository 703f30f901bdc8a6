using GGLib.Engine.Installation;

namespace GGLib.Tests.Engine.Installation;

public sealed class EngineLocatorTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string?> _environment = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_places_are_looked_at_in_order()
    {
        var onPath = FakeBinary.Create(_folder["bin"]);
        var named = FakeBinary.Create(_folder["named"]);
        var configured = FakeBinary.Create(_folder["configured"]);
        _environment["PATH"] = _folder["bin"];
        Assert.Equal((onPath, EngineOrigin.SearchPath), await FoundAsync(null));
        _environment[EngineLocator.EnvironmentVariable] = named;
        Assert.Equal((named, EngineOrigin.Environment), await FoundAsync(null));
        Assert.Equal((configured, EngineOrigin.Configured), await FoundAsync(configured));
    }

    [Fact]
    public async Task What_it_answers_is_read()
    {
        var path = FakeBinary.Create(_folder["bin"]);
        var engine = Assert.IsType<EngineSearch.Found>(await Locator().FindAsync(path, Cancellation)).Engine;
        Assert.Equal(FakeBinary.Version, engine.Version);
        Assert.Equal([path], engine.Command);
        Assert.True(engine.Supports("-no-kvu"));
        Assert.False(engine.Supports("--no-mmap"));
    }

    [Theory]
    [InlineData("#!/bin/sh\necho 'libllama.so: cannot open shared object file' >&2\nexit 127\n", "cannot open shared object file")]
    [InlineData("#!/bin/sh\necho hello\n", "not a llama-server")]
    [InlineData("#!/bin/sh\necho 'version: 1'\n", "not a llama-server")]
    [InlineData("\u007fELF nonsense", "does not run")]
    public async Task A_named_engine_that_does_not_work_is_an_error_with_its_reason(string content, string reason)
    {
        FakeBinary.Create(_folder["bin"]);
        _environment["PATH"] = _folder["bin"];
        var broken = FakeBinary.Create(_folder["broken"], content);

        var configured = Assert.IsType<EngineSearch.Unusable>(await Locator().FindAsync(broken, Cancellation));
        Assert.Equal((EngineOrigin.Configured, broken), (configured.Origin, configured.Path));
        Assert.Contains(reason, configured.Reason, StringComparison.Ordinal);

        _environment[EngineLocator.EnvironmentVariable] = broken;
        Assert.Equal(EngineOrigin.Environment, Assert.IsType<EngineSearch.Unusable>(await Locator().FindAsync(null, Cancellation)).Origin);
    }

    [Fact]
    public async Task A_named_file_that_is_absent_or_a_folder_is_an_error()
    {
        Assert.Equal("There is no such file.", Assert.IsType<EngineSearch.Unusable>(await Locator().FindAsync(_folder["absent"], Cancellation)).Reason);
        Assert.Contains("folder", Assert.IsType<EngineSearch.Unusable>(await Locator().FindAsync(_folder.Path, Cancellation)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_file_that_may_not_be_run_is_an_error()
    {
        var path = FakeBinary.Create(_folder["bin"]);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead);
        }

        Assert.Contains("Permission denied", Assert.IsType<EngineSearch.Unusable>(await Locator().FindAsync(path, Cancellation)).Reason, StringComparison.Ordinal);
        Assert.Equal("It is not a path.", Assert.IsType<EngineSearch.Unusable>(await Locator().FindAsync("a\0b", Cancellation)).Reason);
    }

    [Fact]
    public async Task A_broken_one_on_the_path_is_passed_over_with_its_reason()
    {
        var broken = FakeBinary.Create(_folder["a"], "#!/bin/sh\nexit 3\n");
        var good = FakeBinary.Create(_folder["b"]);
        _environment["PATH"] = string.Join(Path.PathSeparator, "relative", _folder["nothing"], _folder["a"], _folder["b"]);

        var found = Assert.IsType<EngineSearch.Found>(await Locator().FindAsync(null, Cancellation));
        Assert.Equal(good, found.Engine.Path);
        Assert.Equal($"{broken} (on PATH) was passed over: It does not run: --version ended with code 3.", Assert.Single(found.PassedOver));

        File.Delete(good);
        Assert.Single(Assert.IsType<EngineSearch.Missing>(await Locator().FindAsync(null, Cancellation)).PassedOver);
    }

    [Fact]
    public async Task A_warm_start_runs_nothing_until_the_file_changes()
    {
        var path = FakeBinary.Create(_folder["bin"]);
        await FoundAsync(path);
        Assert.Equal(2, FakeBinary.Runs(path));
        await FoundAsync(path);
        Assert.Equal(2, FakeBinary.Runs(path));

        FakeBinary.Create(_folder["bin"], FakeBinary.Text("10.0.0 (build 2, commit fake)"));
        var engine = Assert.IsType<EngineSearch.Found>(await Locator().FindAsync(path, Cancellation)).Engine;
        Assert.Equal("10.0.0 (build 2, commit fake)", engine.Version);
    }

    [Fact]
    public async Task A_link_is_the_file_it_leads_to()
    {
        var old = FakeBinary.Create(_folder["1"]);
        var updated = FakeBinary.Create(_folder["2"], FakeBinary.Text("10.0.0"));
        var link = File.CreateSymbolicLink(_folder["llama-server"], old).FullName;
        Assert.Equal(FakeBinary.Version, Assert.IsType<EngineSearch.Found>(await Locator().FindAsync(link, Cancellation)).Engine.Version);
        File.Delete(link);
        File.CreateSymbolicLink(link, updated);
        Assert.Equal("10.0.0", Assert.IsType<EngineSearch.Found>(await Locator().FindAsync(link, Cancellation)).Engine.Version);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("[null, {}, {\"path\": 1}]")]
    [InlineData("[null, {}]")]
    public async Task A_damaged_cache_is_as_none(string content)
    {
        var path = FakeBinary.Create(_folder["bin"]);
        Directory.CreateDirectory(_folder["data", "engine"]);
        await File.WriteAllTextAsync(_folder["data", "engine", "probes.json"], content, Cancellation);
        await FoundAsync(path);
        await FoundAsync(path);
        Assert.Equal(2, FakeBinary.Runs(path));
    }

    [Theory]
    [InlineData("""{"id": "../.."}""")]
    [InlineData("""{"id": ""}""")]
    [InlineData("""{}""")]
    [InlineData("""{"id": "absent"}""")]
    [InlineData("""[""")]
    public async Task A_damaged_record_of_an_install_is_as_none(string content)
    {
        Directory.CreateDirectory(_folder["data", "engine"]);
        await File.WriteAllTextAsync(_folder["data", "engine", "current.json"], content, Cancellation);
        Assert.IsType<EngineSearch.Missing>(await Locator().FindAsync(null, Cancellation));
    }

    private EngineLocator Locator() => new(_folder["data"], _environment.GetValueOrDefault);

    private async Task<(string Path, EngineOrigin Origin)> FoundAsync(string? configured)
    {
        var found = Assert.IsType<EngineSearch.Found>(await Locator().FindAsync(configured, Cancellation));
        return (found.Engine.Path, found.Engine.Origin);
    }
}
