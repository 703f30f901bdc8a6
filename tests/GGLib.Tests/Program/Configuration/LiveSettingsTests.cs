using System.Threading.Channels;
using GGLib.Configuration;

namespace GGLib.Tests.Program.Configuration;

/// <summary>A file that changes while the server runs.</summary>
public sealed class LiveSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gglib-test-").FullName;
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();

    private string FilePath => Path.Combine(_folder, "gglib.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_change_of_the_file_is_taken_over_by_itself()
    {
        await File.WriteAllTextAsync(FilePath, """{"contextLength":1000}""", Limit.Token);
        using var live = Open();
        Assert.Equal(1000, live.Current.ContextLength);

        // As editors do it: a new file in the old one's place.
        await File.WriteAllTextAsync(FilePath + ".new", """{"contextLength":2000,"port":1,"models":{"m":{"threads":3,"options":{"top_k":7}}}}""", Limit.Token);
        File.Move(FilePath + ".new", FilePath, overwrite: true);

        var told = await _told.Reader.ReadAsync(Limit.Token);
        Assert.Equal($"{FilePath} has changed: contextLength is 2000 from the next load on; port needs a restart; models have other settings from the next load on, and other options from the next request on.", told);
        Assert.Equal((2000, 3), (live.Current.ContextLength, live.For("m:latest").Threads));
        Assert.Equal("""{"num_thread":3,"top_k":7}""", live.Server(live.Now.Address).ModelOptions("m:latest")?.GetRawText());
    }

    [Fact]
    public async Task Rewriting_changes_with_the_next_request()
    {
        using var live = Open();
        var rewrites = live.Server(live.Now.Address).RewritesMessages;
        Assert.True(rewrites("m:latest"));
        await File.WriteAllTextAsync(FilePath, """{"rewriteMessages":false,"models":{"n":{"rewriteMessages":true}}}""", Limit.Token);
        live.Reload();

        Assert.StartsWith($"{FilePath} has changed: rewriteMessages is false from the next request on; ", await _told.Reader.ReadAsync(Limit.Token), StringComparison.Ordinal);
        Assert.Equal((false, true), (rewrites("m:latest"), rewrites("n:latest")));
    }

    [Fact]
    public async Task A_file_that_is_wrong_changes_nothing_and_is_said_once()
    {
        await File.WriteAllTextAsync(FilePath, """{"contextLength":1000}""", Limit.Token);
        using var live = Open(TimeProvider.System);
        await File.WriteAllTextAsync(FilePath, """{"contextLength":"x"}""", Limit.Token);

        // However often it is looked at.
        live.Reload();
        live.Reload();
        Assert.Equal($"{FilePath}:1:18: 'contextLength' must be a whole number from 1, not \"x\". The settings stay as they were.", await _told.Reader.ReadAsync(Limit.Token));
        Assert.False(_told.Reader.TryRead(out _));
        Assert.Equal(1000, live.Current.ContextLength);

        await File.WriteAllTextAsync(FilePath, """{"contextLength":3000}""", Limit.Token);
        live.Reload();
        Assert.Equal(3000, live.Current.ContextLength);
    }

    [Fact]
    public async Task What_this_server_cannot_do_is_refused_like_what_is_wrong()
    {
        using var live = Open(check: static settings => settings.File is null ? null : new CommandFailure(ExitCode.Failure, "no."));
        await File.WriteAllTextAsync(FilePath, """{"contextLength":2000}""", Limit.Token);
        live.Reload();

        Assert.Equal("no. The settings stay as they were.", await _told.Reader.ReadAsync(Limit.Token));
        Assert.Null(live.Current.ContextLength);
    }

    [Fact]
    public async Task A_file_may_come_and_go()
    {
        using var live = Open();
        await File.WriteAllTextAsync(FilePath, """{"contextLength":2000}""", Limit.Token);
        live.Reload();
        Assert.Equal(2000, live.Current.ContextLength);
        File.Delete(FilePath);
        live.Reload();
        Assert.Null(live.Current.ContextLength);
    }

    private LiveSettings Open(TimeProvider? time = null, Func<Settings, CommandFailure?>? check = null)
    {
        var location = new ConfigurationLocation(FilePath, MustExist: false);
        var reading = location.Read().Value!;
        return new LiveSettings(location, Resolve(reading.File), reading.Bytes, Resolve, check ?? (static _ => null), text => _told.Writer.TryWrite(text), time ?? TimeProvider.System);
    }

    private static Settings Resolve(ConfigurationFile? file) => Settings.Resolve(new EnvironmentValues(static _ => null), file);
}
