using GGLib.Engine.Installation;
using GGLib.Rendering;
using Spectre.Console;

namespace GGLib.Engines;

/// <summary>One bar a phase.</summary>
internal sealed class BarProgress(ProgressContext bars) : IProgress<InstallProgress>
{
    private readonly Lock _lock = new();
    private InstallPhase? _phase;
    private ProgressTask? _bar;

    public void Report(InstallProgress value)
    {
        lock (_lock)
        {
            var description = Markup.Escape($"{InstallDisplay.Words(value)} {SafeText.OneLine(value.Detail, 48)}");
            if (_bar is null || _phase != value.Phase)
            {
                Finish();
                _bar = bars.AddTask(description);
                _phase = value.Phase;
            }

            _bar.Description = description;
            _bar.IsIndeterminate = value.Percent is null;
            _bar.Value = value.Percent ?? _bar.Value;
        }
    }

    private void Finish()
    {
        if (_bar is { } done)
        {
            done.IsIndeterminate = false;
            done.Value = done.MaxValue;
            done.StopTask();
        }
    }
}
