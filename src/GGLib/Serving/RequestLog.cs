using System.Threading.Channels;
using GGLib.Rendering;
using GGLib.Server.Telemetry;

namespace GGLib.Serving;

/// <summary>
/// Prints a line a request, from a task of its own: a terminal that is held with Ctrl-S must hold up lines, not answers. Lines
/// wait until <see cref="Begin"/>; the proof's own requests are not printed.
/// </summary>
internal sealed class RequestLog : IAsyncDisposable
{
    private const int MostWaiting = 4096;

    // Lines come out together: each by itself would wake a thread just when the next request comes. Nobody sees so short a wait.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly List<string> _hidden = [];
    private readonly TaskCompletionSource _begun = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Channel<(DateTimeOffset At, RequestLine Line)> _lines = Channel.CreateBounded<(DateTimeOffset, RequestLine)>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly TimeProvider _time;
    private readonly Task _printing;

    public RequestLog(Screen screen, TimeProvider time)
    {
        _time = time;
        _printing = PrintAsync(screen);
    }

    /// <summary>Called by the server, from any thread.</summary>
    public void Add(RequestLine line)
    {
        lock (_lock)
        {
            if (_hidden.Remove(line.Path))
            {
                return;
            }
        }

        _lines.Writer.TryWrite((_time.GetLocalNow(), line));
    }

    /// <summary>Keeps one request for a path to itself. A client's request for the same path would look no different.</summary>
    public void HideOne(string path)
    {
        lock (_lock)
        {
            _hidden.Add(path);
        }
    }

    /// <summary>Prints what has waited, and from now on at once.</summary>
    public void Begin() => _begun.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        _begun.TrySetResult();
        _lines.Writer.TryComplete();
        await _ending.CancelAsync().ConfigureAwait(false);
        await _printing.ConfigureAwait(false);
        _ending.Dispose();
    }

    private async Task PrintAsync(Screen screen)
    {
        await _begun.Task.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var lines = new List<string>();
            while (await _lines.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                await Task.Delay(Gathering, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                while (_lines.Reader.TryRead(out var next))
                {
                    lines.Add(RequestLineText.Of(next.Line, next.At, screen.Paint));
                }

                screen.Line(string.Join(Environment.NewLine, lines));
                lines.Clear();
            }
        }
        catch (IOException)
        {
            // A full disk behind the output, or nobody there to read it: serving goes on.
        }
    }
}
