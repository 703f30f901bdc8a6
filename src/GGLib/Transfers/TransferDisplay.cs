using GGLib.Client.Wire;
using GGLib.Rendering;
using Spectre.Console;

namespace GGLib.Transfers;

/// <summary>
/// Shows how far a transfer is: a line a step, and of the file that comes now a bar on a terminal, quarters elsewhere. A bar makes room for its line when the file is done.
/// Not thread-safe.
/// </summary>
internal sealed class TransferDisplay
{
    private const int Quarter = 25;

    // Nobody waits for less.
    private const long LeastForQuarters = 1_000_000;

    private readonly Screen _screen;
    private readonly ProgressContext? _bars;
    private readonly TransferRate _rate;
    private ProgressTask? _bar;
    private string? _status;
    private string? _line;
    private int _told;

    private TransferDisplay(Screen screen, ProgressContext? bars, TransferRate rate)
    {
        _screen = screen;
        _bars = bars;
        _rate = rate;
    }

    /// <summary>Shows what the work tells for as long as it lasts.</summary>
    public static async Task<T> WithAsync<T>(Screen screen, TimeProvider time, Func<TransferDisplay, Task<T>> work)
    {
        var rate = new TransferRate(time);
        if (!screen.IsTerminal || !screen.Terminal.Profile.Capabilities.Interactive)
        {
            return await work(new TransferDisplay(screen, null, rate)).ConfigureAwait(false);
        }

        return await screen.Terminal.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new RateColumn(rate))
            .StartAsync(bars => work(new TransferDisplay(screen, bars, rate)))
            .ConfigureAwait(false);
    }

    /// <summary>Shows a step.</summary>
    public void Show(ProgressPiece step)
    {
        var status = SafeText.OneLine(step.Status ?? "", 400);
        if (status != _status)
        {
            Finish();
            Begin(status, step);
        }
        else if (_bar is not null)
        {
            _bar.Value = step.Completed;
            _rate.Report(step.Completed);
        }
        else if (step.Total >= LeastForQuarters && Percent(step) / Quarter > _told / Quarter)
        {
            _told = Percent(step);
            _screen.Line($"  {Quantity.Whole(_told / Quarter * Quarter)} %");
        }
    }

    /// <summary>Ends the file that is shown now.</summary>
    public void Finish()
    {
        _bar?.StopTask();
        if (_bar is not null && _bar.Value >= _bar.MaxValue)
        {
            _bars!.Refresh();
            _screen.Terminal.WriteLine(_line!);
        }

        _bar = null;
    }

    private void Begin(string status, ProgressPiece step)
    {
        (_status, _told) = (status, Percent(step));
        _line = step.Total > 0 ? $"{status}  {Quantity.Bytes(step.Total)}" : status;
        if (_bars is null)
        {
            _screen.Line(_line);
        }
        else if (step.Total > 0)
        {
            _bar = _bars.AddTask(Markup.Escape(_line), maxValue: step.Total);
            _bar.Value = step.Completed;
            _rate.Begin(step.Total, step.Completed);
        }
        else
        {
            _screen.Terminal.WriteLine(_line);
        }
    }

    private static int Percent(ProgressPiece step) => step.Total > 0 ? (int)(step.Completed * 100.0 / step.Total) : 0;
}
