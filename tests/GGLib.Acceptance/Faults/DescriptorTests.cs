using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using GGLib.Acceptance.Clients;

namespace GGLib.Acceptance.Faults;

/// <summary>The real program with few file descriptors, and more clients than it has descriptors.</summary>
public sealed class DescriptorTests
{
    // The JIT-compiled program keeps about 200 assemblies open.
    private const int Descriptors = 500;
    private const int Clients = 600;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_server_answers_when_idle_clients_have_left_and_a_stream_loses_nothing()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no limit of file descriptors.");
        }

        await using var program = await ProxyProgram.StartAsync(new Dictionary<string, string>(), Cancellation, Descriptors);
        using var streaming = new HttpClient { BaseAddress = program.Address, Timeout = Timeout.InfiniteTimeSpan };
        using var content = JsonContent.Create(new { model = "demo-chat", prompt = "a", max_tokens = 1500, ignore_eos = true, stream = true });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = content };
        using var response = await streaming.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        response.EnsureSuccessStatusCode();
        var text = response.Content.ReadAsStringAsync(Cancellation);

        for (var round = 0; round < 10; round++)
        {
            await OpenAndCloseAsync(program.Address);
            await AnswersAsync(program.Address);
        }

        var events = (await text).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        using var last = JsonDocument.Parse(events[^2]["data: ".Length..]);
        Assert.Equal(1500, last.RootElement.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    private static async Task OpenAndCloseAsync(Uri address)
    {
        var clients = Enumerable.Range(0, Clients).Select(static _ => new TcpClient()).ToList();
        try
        {
            await Task.WhenAll(clients.Select(client => client.ConnectAsync(address.Host, address.Port, Cancellation).AsTask()));

            // The server has closed what it could not keep: it has seen all clients.
            var closed = clients.Select(static client => client.GetStream().ReadAsync(new byte[1], Cancellation).AsTask());
            await Task.WhenAny(closed).WaitAsync(Limit.Time, Cancellation);
        }
        finally
        {
            clients.ForEach(static client => client.Dispose());
        }
    }

    /// <summary>Asks with a new connection each time: those that were closed are counted for a moment.</summary>
    private static async Task AnswersAsync(Uri address)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(Limit.Time);
        while (true)
        {
            try
            {
                using var http = new HttpClient { BaseAddress = address };
                using var response = await http.GetAsync("/api/version", patience.Token);
                response.EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20, patience.Token);
            }
        }
    }
}
