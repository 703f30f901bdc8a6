using System.Net;
using System.Text;
using System.Threading.Channels;

namespace GGLib.Tests.Engine.Processes;

/// <summary>llama-server's side of the wire: answers as the test scripts it and keeps what it was asked.</summary>
internal sealed class ScriptedEngine : HttpMessageHandler
{
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();

    /// <summary>Makes the answer. Without one every call waits until the test answers it.</summary>
    public Func<Call, HttpResponseMessage>? Answer { get; set; }

    /// <summary>The next call; waits for it.</summary>
    public ValueTask<Call> NextAsync() => _calls.Reader.ReadAsync(Limit.Token);

    public bool HasMore => _calls.Reader.TryPeek(out _);

    public static HttpResponseMessage Json(string json, HttpStatusCode status = HttpStatusCode.OK) => new(status)
    {
        Content = new StringContent(json, Encoding.UTF8, "application/json"),
    };

    /// <summary>An event stream that is there as a whole.</summary>
    public static HttpResponseMessage Events(params string[] data) => Stream(ScriptedStream.Of(string.Concat(data.Select(item => $"data: {item}\n\n"))));

    public static HttpResponseMessage Stream(Stream stream, string contentType = "text/event-stream")
    {
        var content = new StreamContent(stream);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = new Call(
            request.RequestUri!.AbsolutePath,
            request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken),
            cancellationToken);
        _calls.Writer.TryWrite(call);
        if (Answer is { } answer)
        {
            call.Reply(answer(call));
        }

        return await call.Response.WaitAsync(cancellationToken);
    }

    /// <summary>One request to the engine.</summary>
    internal sealed class Call(string path, string body, CancellationToken cancellation)
    {
        private readonly TaskCompletionSource<HttpResponseMessage> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Path => path;

        public string Body => body;

        public Task<HttpResponseMessage> Response => _response.Task;

        public void Reply(HttpResponseMessage response) => _response.TrySetResult(response);

        public void Fail(Exception exception) => _response.TrySetException(exception);

        /// <summary>Waits until the gateway has given the call up.</summary>
        public async Task GivenUpAsync()
        {
            var given = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = cancellation.Register(given.SetResult);
            await given.Task.Within();
        }
    }
}
