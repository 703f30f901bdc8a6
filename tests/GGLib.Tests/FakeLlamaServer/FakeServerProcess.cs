using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using FakeLlama.Script;

namespace GGLib.Tests.FakeLlamaServer;

/// <summary>One running fake llama-server on a socket beside its model. Disposing kills it.</summary>
internal sealed class FakeServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly Process process;
    private readonly ConcurrentQueue<string> stderr = new();

    private FakeServerProcess(Process process, string socket)
    {
        this.process = process;
        Socket = socket;
        Http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        })
        { BaseAddress = new Uri("http://fake"), Timeout = Patience };
    }

    public string Socket { get; }

    public HttpClient Http { get; }

    public int Id => process.Id;

    public IReadOnlyCollection<string> Stderr => stderr;

    /// <summary>Starts the fake; returns at once, the port may not be open yet.</summary>
    public static FakeServerProcess Start(FakeModel model, params string[] arguments)
    {
        var socket = Path.Combine(model.Directory, "s.sock");
        var start = new ProcessStartInfo(FakeModel.ProgramPath, ["--model", model.Path, "--alias", "fake", "--host", socket, .. arguments])
        {
            RedirectStandardError = true,
        };
        var process = new Process { StartInfo = start };
        var server = new FakeServerProcess(process, socket);
        process.ErrorDataReceived += (_, line) => server.Note(line.Data);
        process.Start();
        process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Starts the fake and waits until it is healthy.</summary>
    public static async Task<FakeServerProcess> StartReady(FakeModel model, params string[] arguments)
    {
        var server = Start(model, arguments);
        await server.UntilHealth(200);
        return server;
    }

    /// <summary>Waits until <c>/health</c> answers with this status.</summary>
    public async Task UntilHealth(int status)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await Health(patience.Token) != status)
        {
            Assert.False(process.HasExited, "The fake has ended: " + string.Join('\n', stderr));
            await Task.Delay(TimeSpan.FromMilliseconds(5), patience.Token);
        }
    }

    /// <summary>Posts JSON; the answer's headers are read, its body not yet.</summary>
    public Task<HttpResponseMessage> Post(string path, string json, CancellationToken cancellation) => Http.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") },
        HttpCompletionOption.ResponseHeadersRead,
        cancellation);

    /// <summary>What this process was asked, <c>/health</c> included.</summary>
    public async Task<RecordedRequest[]> Requests(CancellationToken cancellation) =>
        JsonSerializer.Deserialize(await Http.GetStringAsync("/fake/requests", cancellation), FakeJson.Default.RecordedRequestArray)!;

    public void Signal(PosixSignal signal)
    {
        // PosixSignal numbers its members itself; these two are the only ones a child is told with.
        _ = Kill(process.Id, signal is PosixSignal.SIGINT ? 2 : 15);
    }

    /// <summary>Waits for the end and gives the exit code.</summary>
    public async Task<int> Exit()
    {
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task<int> Health(CancellationToken cancellation)
    {
        try
        {
            using var answer = await Http.GetAsync("/health", cancellation);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            // Not listening yet.
            return 0;
        }
    }

    private void Note(string? line)
    {
        if (line is not null)
        {
            stderr.Enqueue(line);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
