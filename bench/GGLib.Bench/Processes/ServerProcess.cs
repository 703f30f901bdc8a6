using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GGLib.Bench.Processes;

/// <summary>A server under measurement, from its start to its end. Only its own process is looked at: children, such as the engine, are not counted.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // The kernel tells processor time in these, whatever its own clock.
    private const double TicksPerSecond = 100;

    private readonly Process _process;
    private readonly string _log;
    private bool _isDisposed;

    private ServerProcess(string name, Process process, string log, TimeSpan ready)
    {
        Name = name;
        _process = process;
        _log = log;
        Ready = ready;
    }

    public string Name { get; }

    public int Id => _process.Id;

    /// <summary>From the start of the process to a whole answer.</summary>
    public TimeSpan Ready { get; private set; }

    /// <summary>Processor seconds used so far, those of children excluded.</summary>
    public double ProcessorSeconds
    {
        get
        {
            // The name in the second field may hold anything; the fields after it are numbers.
            var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
        }
    }

    /// <summary>Resident memory in MiB.</summary>
    public double ResidentMiB =>
        Number(File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;

    /// <summary>Starts a program and waits until <paramref name="path"/> answers with status 200.</summary>
    public static ServerProcess Start(
        string name, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, int port, string path, string folder)
    {
        var log = Path.Combine(folder, $"{name.Replace(' ', '-')}-{port}.log");

        // The shell only sends the output to a file, and then becomes the program.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardInput = true, WorkingDirectory = folder };
        foreach (var argument in (string[])["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", log, .. command])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var began = Stopwatch.GetTimestamp();
        var server = new ServerProcess(name, Process.Start(start)!, log, default);
        try
        {
            while (!Answers(port, path))
            {
                if (server._process.HasExited || Stopwatch.GetElapsedTime(began) > Patience)
                {
                    throw new InvalidOperationException($"{name} does not answer on port {port}:\n{server.LastWords()}");
                }

                Thread.Sleep(1);
            }
        }
        catch
        {
            server.Dispose();
            throw;
        }

        server.Ready = Stopwatch.GetElapsedTime(began);
        return server;
    }

    /// <summary>A port nobody listens on at this moment, below every system's range of outgoing ports.</summary>
    public static int FreePort()
    {
        while (true)
        {
#pragma warning disable CA5394 // Any port will do.
            var port = Random.Shared.Next(20000, 32000);
#pragma warning restore CA5394
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }

    /// <summary>The end of what it printed.</summary>
    public string LastWords() => File.Exists(_log) ? string.Join('\n', File.ReadLines(_log).TakeLast(10)) : "";

    /// <summary>Ends it: SIGTERM, so that it ends its children; SIGKILL after ten seconds.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
            {
                _process.Kill();
                _process.WaitForExit();
            }
        }

        _process.Dispose();
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static bool Answers(int port, string path)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 5000 };
            socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
            socket.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"));
            using var answer = new MemoryStream();
            var buffer = new byte[4096];
            for (int read; (read = socket.Receive(buffer)) > 0;)
            {
                answer.Write(buffer, 0, read);
            }

            return Encoding.ASCII.GetString(answer.ToArray()).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
