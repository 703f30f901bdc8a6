using GGLib.Engine.Installation;
using GGLib.Rendering;

namespace GGLib.Engines;

/// <summary>A line for each phase, and one for each quarter of a download: a log should stay short.</summary>
internal sealed class LineProgress(Screen screen) : IProgress<InstallProgress>
{
    private const int Quarter = 25;
    private readonly Lock _lock = new();
    private (InstallPhase, string)? _phase;
    private int _told;

    public void Report(InstallProgress value)
    {
        lock (_lock)
        {
            var percent = (int)(value.Percent ?? 0) / Quarter * Quarter;

            // Looking up goes on from one provider to the next; other details change with every file.
            var phase = (value.Phase, value.Phase is InstallPhase.Resolving ? value.Detail : "");
            if (_phase != phase)
            {
                (_phase, _told) = (phase, 0);

                // What is unpacked is many things, and the first of them says nothing.
                screen.Line(value.Phase is InstallPhase.Unpacking ? "  unpacking" : $"  {InstallDisplay.Words(value)} {SafeText.OneLine(value.Detail)}");
            }
            else if (percent > _told && value is { Phase: InstallPhase.Downloading, TotalBytes: { } total })
            {
                _told = percent;
                screen.Line($"  downloading {percent} % of {Quantity.Bytes(total)}");
            }
        }
    }
}
