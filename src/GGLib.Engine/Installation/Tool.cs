using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using GGLib.Engine.Processes;

namespace GGLib.Engine.Installation;

/// <summary>
/// Runs another program to its end and keeps what it said. For short runs only: such a child is not tied to our life as a
/// llama-server is. Arguments are passed as they are; no shell reads them.
/// </summary>
internal static class Tool
{
    // A file that is not what it claims to be may print for ever.
    private const int MaxKept = 4 * 1024 * 1024;

    /// <summary>
    /// Runs to the end, or kills the program and its children when <paramref name="patience"/> is over. In
    /// <paramref name="environment"/> a null value removes a variable. <paramref name="onOutputLine"/> gets every line of standard
    /// output as it comes. The program inherits what <see cref="ChildEnvironment"/> passes; one that <paramref name="usesNetwork"/> also
    /// the variables of proxies and certificates.
    /// </summary>
    public static async Task<ToolResult> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?>? environment,
        TimeSpan patience,
        Action<string>? onOutputLine,
        CancellationToken cancellationToken,
        bool usesNetwork = false)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        ChildEnvironment.Reduce(start.Environment, usesNetwork);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
            process.StandardInput.Close();
        }
        catch (Win32Exception error)
        {
            return new ToolResult(null, "", "", error.Message);
        }
        catch (IOException)
        {
            // The child ended before its input was closed; its exit code tells.
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        var output = new StringBuilder();
        var error_ = new StringBuilder();
        try
        {
            await Task.WhenAll(
                DrainAsync(process.StandardOutput, output, onOutputLine, limit.Token),
                DrainAsync(process.StandardError, error_, null, limit.Token),
                process.WaitForExitAsync(limit.Token)).ConfigureAwait(false);
            return new ToolResult(process.ExitCode, output.ToString(), error_.ToString(), null);
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            cancellationToken.ThrowIfCancellationRequested();
            return new ToolResult(null, output.ToString(), error_.ToString(), null);
        }
    }

    private static async Task DrainAsync(StreamReader from, StringBuilder into, Action<string>? onLine, CancellationToken cancellationToken)
    {
        var lines = new BoundedLines(from);
        while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (into.Length < MaxKept)
            {
                into.Append(line).Append('\n');
            }

            onLine?.Invoke(line);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself in between.
        }
    }
}
