using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;
using GGLib.Engine.Installation;
using GGLib.Engine.Processes;

namespace GGLib.Engine.Quantizing;

/// <summary>The llama-quantize that came with a llama-server. Runs as a child that cannot outlive gglib. Thread-safe.</summary>
public sealed partial class QuantizeTool
{
    private const string Failed = "failed to quantize: ";

    private readonly ImmutableArray<string> _command;
    private readonly bool _ownLibraries;

    private QuantizeTool(ImmutableArray<string> command, bool ownLibraries) => (_command, _ownLibraries) = (command, ownLibraries);

    /// <summary>The one that lies beside this llama-server, or beside what its link leads to; null when there is none.</summary>
    public static QuantizeTool? Beside(EngineBinary engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        var name = OperatingSystem.IsWindows() ? "llama-quantize.exe" : "llama-quantize";
        var target = new FileInfo(engine.Path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? engine.Path;
        var path = new[] { engine.Path, target }.Select(server => Path.Combine(Path.GetDirectoryName(server) ?? "", name)).FirstOrDefault(File.Exists);

        // What stands before llama-server, a dynamic loader, stands before this one too.
        return path is null ? null : new QuantizeTool(engine.Command.SetItem(engine.Command.Length - 1, path), engine.Origin is EngineOrigin.Installed);
    }

    /// <summary>Writes a model's weights in another format.</summary>
    /// <param name="source">The model, of a split one the first part.</param>
    /// <param name="destination">The file to write. When it is not done the caller removes what is there.</param>
    /// <param name="format">The format, as the tool spells it.</param>
    /// <param name="report">Told how many tensors are done, and of how many.</param>
    /// <param name="cancellation">Kills the tool.</param>
    /// <returns>Null when it is done; else why not.</returns>
    public async Task<string?> RunAsync(string source, string destination, string format, Func<int, int, Task> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(report);
        var log = new ChildLog();
        ChildProcess child;
        try
        {
            child = await ChildProcess.StartAsync([.. _command, source, destination, format], log, _ownLibraries).ConfigureAwait(false);
        }
        catch (Win32Exception exception)
        {
            return $"cannot run {_command[^1]}: {exception.Message}";
        }

        await using (child.ConfigureAwait(false))
        {
            long read = 0;
            string? why = null;
            while (true)
            {
                // Before the lines: what is written until the end is read below.
                var ended = child.Exited.IsCompleted;
                foreach (var line in log.After(read))
                {
                    read = line.Number;
                    if (Tensor().Match(line.Text) is { Success: true } tensor)
                    {
                        await report(Number(tensor.Groups[1]), Number(tensor.Groups[2])).ConfigureAwait(false);
                    }

                    why = line.Text.IndexOf(Failed, StringComparison.Ordinal) is >= 0 and var at ? line.Text[(at + Failed.Length)..] : why;
                }

                if (ended)
                {
                    break;
                }

                await Task.WhenAny(child.Exited, log.WaitAsync(read, cancellation)).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
            }

            return child.ExitCode == 0 ? null : why ?? await child.Exited.ConfigureAwait(false);
        }
    }

    private static int Number(Group group) => int.TryParse(group.ValueSpan, CultureInfo.InvariantCulture, out var number) ? number : 0;

    // [  12/  21] blk.0.ffn_up.weight - [ 64, 128, 1, 1], type = f32, converting to q5_0 .. size = …
    [GeneratedRegex(@"^\[ *([0-9]+)/ *([0-9]+)\] ", RegexOptions.CultureInvariant)]
    private static partial Regex Tensor();
}
