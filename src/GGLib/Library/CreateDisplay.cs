using GGLib.Catalog.Creation;
using GGLib.Rendering;

namespace GGLib.Library;

/// <summary>Shows how far making a model is: a line a step, and how much is done where that is counted.</summary>
internal sealed class CreateDisplay(Screen screen)
{
    private const int Quarter = 25;

    private string? _status;
    private int _told;
    private bool _isOpen;

    public Task ReportAsync(CreateProgress step)
    {
        var percent = step.Total > 0 ? (int)(step.Completed * 100.0 / step.Total) : 0;
        if (step.Status != _status)
        {
            Close();
            (_status, _told) = (step.Status, 0);
            if (step.Total > 0 && screen.IsTerminal)
            {
                _isOpen = true;
                Counted(percent);
            }
            else
            {
                screen.Line(SafeText.OneLine(step.Status, 400));
            }
        }
        else if (_isOpen && percent > _told)
        {
            _told = percent;
            Counted(percent);
        }
        else if (!screen.IsTerminal && percent / Quarter > _told / Quarter)
        {
            _told = percent;
            screen.Line($"  {Quantity.Whole(percent / Quarter * Quarter)} %");
        }

        return Task.CompletedTask;
    }

    /// <summary>Ends the line that is still being written.</summary>
    public void Close()
    {
        if (_isOpen)
        {
            screen.Line();
            _isOpen = false;
        }
    }

    private void Counted(int percent) => screen.Write($"\r{SafeText.OneLine(_status ?? "", 400)}  {Quantity.Whole(percent).PadLeft(3)} %");
}
