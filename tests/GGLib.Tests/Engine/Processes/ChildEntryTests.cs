using System.Diagnostics;
using System.Globalization;
using GGLib.Engine.Processes;

namespace GGLib.Tests.Engine.Processes;

/// <summary>gglib as the first thing in a child's process, as on systems without a setpriv that would do.</summary>
public sealed class ChildEntryTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "gglib");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Becomes_the_program_in_a_session_of_its_own_and_keeps_its_process_id()
    {
        using var child = Start(Program, ChildEntry.Verb, Text(Environment.ProcessId), "/bin/sh", "-c", "cut -d' ' -f1,6 /proc/$$/stat; echo \"$1\"", "sh", "a b");
        var output = await child.StandardOutput.ReadToEndAsync(Cancellation);
        Assert.Equal($"{child.Id} {child.Id}\na b\n", output);
    }

    [Fact]
    public async Task Gives_up_when_its_parent_is_already_gone()
    {
        using var child = Start(Program, ChildEntry.Verb, "1", "/bin/sh", "-c", "echo ran");
        Assert.Equal("", await child.StandardOutput.ReadToEndAsync(Cancellation));
        await child.WaitForExitAsync(Cancellation);
        Assert.Equal(ChildEntry.ParentGone, child.ExitCode);
    }

    [Fact]
    public async Task Ends_with_a_parent_that_is_killed()
    {
        using var parent = Start("/bin/sh", "-c", "\"$1\" \"$2\" $$ /bin/sh -c 'echo $$; exec sleep 1000' & wait", "sh", Program, ChildEntry.Verb);
        var id = int.Parse((await parent.StandardOutput.ReadLineAsync(Cancellation))!, CultureInfo.InvariantCulture);
        var child = ProcessIdentity.Of(id);
        Assert.NotNull(child);

        parent.Kill();

        // Not read from the end of the pipe: the kernel closes a dying process's files some steps before it calls it dead.
        try
        {
            await child.Value.GoneAsync();
        }
        finally
        {
            if (child.Value.IsRunning)
            {
                using var left = Process.GetProcessById(id);
                left.Kill();
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
}
