using System.Buffers;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Pipeline;

/// <summary>One request and the answer that is being written to it. Not thread-safe: pings are only written while nothing else writes.</summary>
internal sealed class Exchange : IWaitingClient
{
    /// <summary>The time without an event after which a waiting stream receives a ping. Long enough that a request which fails quickly still gets its HTTP status.</summary>
    public static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(10);

    private readonly ArrayBufferWriter<byte>? _whole;
    private readonly TimeProvider _time;
    private bool _begun;

    public Exchange(HttpContext context, IDialect dialect, ReadRequest read, PreparedRequest prepared, long began, TimeProvider time)
    {
        _time = time;
        (Context, Dialect, Read, Prepared, Began) = (context, dialect, read, prepared, began);
        _whole = prepared.Request.Stream ? null : new ArrayBufferWriter<byte>();
        Writer = CreateWriter();
    }

    public HttpContext Context { get; }

    public IDialect Dialect { get; }

    public ReadRequest Read { get; }

    public PreparedRequest Prepared { get; }

    /// <summary>When the request arrived, as a time stamp of the clock.</summary>
    public long Began { get; }

    /// <summary>The dialect's writer of the answer.</summary>
    public AnswerWriter Writer { get; private set; }

    /// <summary>The answer that is one object, once the writer has completed it.</summary>
    public ReadOnlyMemory<byte> Whole => _whole!.WrittenMemory;

    /// <summary>Whether the waiting client may receive pings.</summary>
    public bool Pings => Prepared.Request is { Stream: true, LoadsOnly: false } && Dialect.Pings;

    public bool IsAnswered => Writer.GeneratedTokens > 0;

    /// <summary>Starts a stream: its headers, and what the dialect begins with. Nothing is sent yet.</summary>
    public void Begin()
    {
        if (_begun)
        {
            return;
        }

        _begun = true;
        if (Prepared.Request.Stream)
        {
            var response = Context.Response;
            response.ContentType = Dialect.StreamType;
            if (Dialect.StreamType is "text/event-stream")
            {
                response.Headers.CacheControl = "no-cache";
                response.Headers["X-Accel-Buffering"] = "no";
            }

            Dialect.BeginStream(Context);
        }

        Writer.Begin();
    }

    /// <summary>Whether the client has received nothing of the answer, so that another one can be written.</summary>
    public bool CanRestart => _whole is not null || !Writer.HasOutput;

    /// <summary>Drops what was written, for another answer to the same request.</summary>
    public void Restart()
    {
        _whole?.ResetWrittenCount();
        _begun = false;
        Writer = CreateWriter();
    }

    /// <summary>Takes a stream's headers back: nothing was written, and an error is the whole response.</summary>
    public void Abandon()
    {
        Context.Response.Headers.CacheControl = default;
        Context.Response.Headers.Remove("X-Accel-Buffering");
        LineChunk.Withdraw(Context);
    }

    private AnswerWriter CreateWriter() => Dialect.CreateWriter(_whole ?? (IBufferWriter<byte>)Context.Response.BodyWriter, Read);

    /// <summary>Sends what was written. While nothing was, an error can still change the status, so no headers are sent either.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (_whole is null && Writer.HasOutput)
        {
            await Context.Response.BodyWriter.FlushAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a task that writes nothing to this exchange, and sends pings until it completes.</summary>
    public async Task<T> WithPingsAsync<T>(Task<T> task)
    {
        while (Pings && !task.IsCompleted)
        {
            try
            {
                await task.WaitAsync(PingInterval, _time).ConfigureAwait(false);
            }
            catch (TimeoutException) when (!task.IsCompleted)
            {
                await PingAsync().ConfigureAwait(false);
            }
            catch (Exception) when (task.IsCompleted)
            {
                // The task's own exception is thrown below.
            }
        }

        return await task.ConfigureAwait(false);
    }

    /// <summary>Sends a ping. Does not throw when the client has disconnected: the task that is waited for holds a lease and must end by itself.</summary>
    public async Task PingAsync()
    {
        try
        {
            Begin();
            Writer.Ping();
            await Context.Response.BodyWriter.FlushAsync(Context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
        }
    }
}
