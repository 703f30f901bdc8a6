using System.Diagnostics;

namespace GGLib.Tests.Program;

public sealed class CompletionTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("r", "remove repair rm run create proxy serve verify import doctor")]
    [InlineData("engine ", "install path status")]
    [InlineData("run de", "demo-chat demo-embed")]
    [InlineData("stop ", "demo-chat demo-embed tiny-random")]
    [InlineData("run demo-chat --th", "--think")]
    [InlineData("run --think ", "false high low max medium true")]
    [InlineData("run demo-chat ", "")]
    [InlineData("run demo-chat hello ", "")]
    [InlineData("completions b", "bash")]
    public async Task The_program_completes_its_own_command_line(string line, string candidates)
    {
        Assert.Equal(ExitCode.Ok, await _run.RunAsync($"[suggest:{line.Length}]", line));
        Assert.Equal(candidates, string.Join(' ', _run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.False(Directory.Exists(_run.Variables["GGLIB_HOME"]));
    }

    [Fact]
    public async Task Models_of_the_library_are_completed()
    {
        await _run.RunAsync("add", Repository.Model("demo-chat"), "--name", "my:8b");
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("[suggest:7]", "show my"));
        Assert.Equal("my:8b\n", _run.Output);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _gglib gglib")]
    [InlineData("zsh", "compdef _gglib gglib")]
    [InlineData("fish", "complete -c gglib")]
    [InlineData("powershell", "Register-ArgumentCompleter -Native -CommandName gglib")]
    public async Task Every_shell_has_a_script(string shell, string registers)
    {
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("completions", shell));
        Assert.Contains(registers, _run.Output, StringComparison.Ordinal);
        Assert.Contains("[suggest:", _run.Output, StringComparison.Ordinal);
        Assert.Equal("", _run.Error);
    }

    [Theory]
    [InlineData("gglib st", "stop")]
    [InlineData("gglib run dem", "demo-chat|demo-embed")]
    [InlineData("gglib run my:", "8b")]
    [InlineData("gglib run --verb", "--verbose")]
    [InlineData("gglib sho --json", "show", 9)]
    public async Task Bash_completes(string line, string replies, int place = -1)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await _run.RunAsync("completions", "bash");
        var script = Path.Combine(_run.Folder, "gglib.bash");
        await File.WriteAllTextAsync(script, _run.Output, TestContext.Current.CancellationToken);
        if (line.Contains("my:", StringComparison.Ordinal))
        {
            await _run.RunAsync("add", Repository.Model("demo-chat"), "--name", "my:8b");
        }

        place = place < 0 ? line.Length : place;
        var start = new ProcessStartInfo("bash", ["--norc", "--noprofile", "-c", """. "$1"; COMP_LINE=$2 COMP_POINT=$3; $(complete -p gglib | sed 's/.*-F \([^ ]*\).*/\1/') gglib; IFS='|'; echo "${COMPREPLY[*]}" """, "bash", script, line, $"{place}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = AppContext.BaseDirectory + ":" + Environment.GetEnvironmentVariable("PATH");
        start.Environment["GGLIB_HOME"] = _run.Variables["GGLIB_HOME"];

        // bash warns on standard error of a locale that is not installed.
        start.Environment["LC_ALL"] = "C";
        using var bash = Process.Start(start)!;
        var output = await bash.StandardOutput.ReadToEndAsync(Limit.Token);
        Assert.Equal("", await bash.StandardError.ReadToEndAsync(Limit.Token));
        Assert.Equal(replies + "\n", output);
    }

    [Fact]
    public async Task An_output_that_nobody_reads_any_more_ends_the_program_quietly()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // The reader is gone before the program starts: it opens the pipe's other end, and closes it.
        var pipe = Path.Combine(_run.Folder, "pipe");
        var start = new ProcessStartInfo("/bin/sh", ["-c", """mkfifo "$2"; true <"$2" & exec 3>"$2"; wait; "$1" list --json >&3; echo "code $?" >&2""", "sh", Path.Combine(AppContext.BaseDirectory, "gglib"), pipe]) { RedirectStandardError = true };
        start.Environment["GGLIB_HOME"] = _run.Variables["GGLIB_HOME"];
        start.Environment["LC_ALL"] = "C";
        using var shell = Process.Start(start)!;
        Assert.Equal("code 0\n", await shell.StandardError.ReadToEndAsync(Limit.Token));
    }
}
