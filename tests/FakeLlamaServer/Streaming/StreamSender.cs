using System.Diagnostics;
using FakeLlama.Script;

namespace FakeLlama.Streaming;

/// <summary>Sends a stream at its pace, and does what the script says should go wrong on the way.</summary>
internal sealed class StreamSender(ScriptFile file, Pacer pacer, CancellationToken stopping)
{
    public async Task Send(HttpContext http, TokenStream stream)
    {
        var script = file.Current;
        var gone = http.RequestAborted;
        var start = Stopwatch.GetTimestamp() + Ticks(script.PrefillMilliseconds * 1000.0);
        var interval = Ticks(script.TokensPerSecond > 0 ? 1e6 / script.TokensPerSecond : script.ChunkDelayMicroseconds);
        await pacer.WaitUntil(start);

        http.Response.ContentType = "text/event-stream";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Response.Headers.KeepAlive = "timeout=5, max=100";
        await http.Response.StartAsync(gone);
        var output = new ResponseBytes(http.Response.BodyWriter, pacer, script.CutEvery, script.CutPauseMicroseconds, gone);

        foreach (var bytes in stream.Head)
        {
            await output.Write(bytes);
        }

        if (script.HugeLineBytes > 0 && file.ClaimFault())
        {
            await output.Write(stream.TokenOfLength(script.HugeLineBytes));
        }

        var faulty = script.CrashAfterChunks ?? script.HangAfterChunks ?? script.CloseAfterChunks ?? script.GarbageAfterChunks;
        var stamp = script.Stamp ? new Stamp() : null;
        for (var i = 0; i < stream.Count; i++)
        {
            if (faulty is not null && await Fault(http, output, script, i))
            {
                return;
            }

            if (stopping.IsCancellationRequested)
            {
                await Hang(output, gone);
            }

            if (interval > 0)
            {
                await pacer.WaitUntil(start + (i * interval));
            }

            var token = stream.Token(i);
            await output.Write(stamp is null ? token : stamp.On(token));
        }

        if (faulty is not null && await Fault(http, output, script, stream.Count))
        {
            return;
        }

        foreach (var bytes in stream.Tail)
        {
            await output.Write(bytes);
        }

        await output.Flush();
    }

    /// <summary>The same time and the same faults for an answer that comes as a whole: nothing is seen until the end.</summary>
    public async Task Work(HttpContext http, int count)
    {
        var script = file.Current;
        var gone = http.RequestAborted;
        var interval = Ticks(script.TokensPerSecond > 0 ? 1e6 / script.TokensPerSecond : script.ChunkDelayMicroseconds);
        var start = Stopwatch.GetTimestamp() + Ticks(script.PrefillMilliseconds * 1000.0);
        var fault = script.CrashAfterChunks ?? script.HangAfterChunks ?? script.CloseAfterChunks;
        var reached = fault is not null && fault <= count;
        await pacer.WaitUntil(start + (interval * (reached ? fault!.Value : count))).WaitAsync(gone);
        if (stopping.IsCancellationRequested)
        {
            await Task.Delay(Timeout.Infinite, gone);
        }

        if (!reached || !file.ClaimFault())
        {
            return;
        }

        if (script.CrashAfterChunks is not null)
        {
            Death.Now(script.CrashStderr);
        }

        if (script.CloseAfterChunks is not null)
        {
            http.Abort();
        }

        await Task.Delay(Timeout.Infinite, gone);
    }

    /// <summary>True when the stream is over.</summary>
    private async Task<bool> Fault(HttpContext http, ResponseBytes output, FakeScript script, int sent)
    {
        if (script.GarbageAfterChunks == sent && file.ClaimFault())
        {
            await output.Write(script.Garbage);
        }

        if (script.HangAfterChunks == sent && file.ClaimFault())
        {
            await Hang(output, http.RequestAborted);
        }

        if (script.CloseAfterChunks == sent && file.ClaimFault())
        {
            await output.Flush();
            http.Abort();
            return true;
        }

        if (script.CrashAfterChunks == sent && file.ClaimFault())
        {
            await output.Flush();
            Death.Now(script.CrashStderr);
        }

        return false;
    }

    /// <summary>Also what llama-server does when told to stop: it generates no more, but keeps the connection until the client goes.</summary>
    private static async Task Hang(ResponseBytes output, CancellationToken gone)
    {
        await output.Flush();
        await Task.Delay(Timeout.Infinite, gone);
    }

    private static long Ticks(double microseconds) => (long)(microseconds * (Stopwatch.Frequency / 1e6));
}
