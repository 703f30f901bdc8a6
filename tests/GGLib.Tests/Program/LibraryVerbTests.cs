using System.Text.Json;

namespace GGLib.Tests.Program;

public sealed class LibraryVerbTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task An_empty_library_lists_nothing_and_says_how_to_fill_it()
    {
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("list"));
        Assert.Equal("", _run.Output);
        Assert.Contains("gglib add", _run.Error, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("list", "--json"));
        using var json = JsonDocument.Parse(_run.Output);
        Assert.Equal(0, json.RootElement.GetProperty("models").GetArrayLength());
        Assert.Equal("", _run.Error);
    }

    [Fact]
    public async Task A_file_is_added_listed_shown_and_removed()
    {
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("add", Repository.Model("demo-chat"), "--name", "my:8b"));
        Assert.Contains("Added 'my:8b'", _run.Output, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("ls"));
        var lines = _run.Output.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("NAME ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("my:8b ", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(Repository.Model("demo-chat"), lines[1], StringComparison.Ordinal);
        Assert.Equal(lines[0].IndexOf("PATH", StringComparison.Ordinal), lines[1].IndexOf(Repository.Root, StringComparison.Ordinal));
        Assert.DoesNotContain('\t', _run.Output);
        Assert.DoesNotContain('\e', _run.Output);

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("show", "MY:8b", "--json"));
        using (var json = JsonDocument.Parse(_run.Output))
        {
            var model = json.RootElement;
            Assert.Equal("my:8b", model.GetProperty("name").GetString());
            Assert.Equal("llama", model.GetProperty("architecture").GetString());
            Assert.Equal("ready", model.GetProperty("state").GetString());
            Assert.Equal(4096, model.GetProperty("context_length").GetInt64());
            Assert.Contains(model.GetProperty("capabilities").EnumerateArray(), static capability => capability.GetString() == "completion");
            Assert.True(model.GetProperty("chat_template").GetString()!.Length > 0);
        }

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("rm", "my:8b"));
        Assert.True(File.Exists(Repository.Model("demo-chat")));
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("show", "my:8b"));
        Assert.Contains("my:8b", _run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("rm", "my:8b"));
    }

    [Fact]
    public async Task A_folder_adds_every_model_in_it()
    {
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("add", Path.Combine(Repository.Root, "models")));
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("list", "--json"));
        using var json = JsonDocument.Parse(_run.Output);
        var names = json.RootElement.GetProperty("models").EnumerateArray().Select(static model => model.GetProperty("name").GetString()).Order(StringComparer.Ordinal);
        Assert.Equal(["demo-chat:latest", "demo-embed:latest", "tiny-random:latest"], names);
    }

    [Fact]
    public async Task What_cannot_be_added_is_one_sentence_and_a_code()
    {
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("add", Path.Combine(_run.Folder, "nothing.gguf")));
        AssertOneSentence();

        var text = Path.Combine(_run.Folder, "text.gguf");
        await File.WriteAllTextAsync(text, "no model", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("add", text));
        AssertOneSentence();

        Assert.Equal(ExitCode.Usage, await _run.RunAsync("add", Repository.Model("demo-chat"), "--name", "a b"));
        AssertOneSentence();

        Assert.Equal(ExitCode.Usage, await _run.RunAsync("add", Path.Combine(Repository.Root, "models"), "--name", "one"));
        AssertOneSentence();

        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("add", Directory.CreateDirectory(Path.Combine(_run.Folder, "empty")).FullName));
        AssertOneSentence();
    }

    [Fact]
    public async Task A_name_that_is_taken_is_given_away_only_when_told_to()
    {
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("add", Repository.Model("demo-chat"), "--name", "x"));
        Assert.Equal(ExitCode.Failure, await _run.RunAsync("add", Repository.Model("tiny-random"), "--name", "x"));
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("add", Repository.Model("tiny-random"), "--name", "x", "--replace"));
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("show", "x"));
        Assert.Contains(Repository.Model("tiny-random"), _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_is_one_sentence()
    {
        var file = Path.Combine(_run.Folder, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        _run.Variables["GGLIB_HOME"] = Path.Combine(file, "below");
        Assert.Equal(ExitCode.Failure, await _run.RunAsync("list"));
        AssertOneSentence();
        Assert.Contains("GGLIB_HOME", _run.Error, StringComparison.Ordinal);
    }

    private void AssertOneSentence()
    {
        Assert.Equal("", _run.Output);
        Assert.StartsWith("gglib: ", _run.Error, StringComparison.Ordinal);
        Assert.Single(_run.Error.TrimEnd().Split('\n'));
        Assert.DoesNotContain("Exception", _run.Error, StringComparison.Ordinal);
    }
}
