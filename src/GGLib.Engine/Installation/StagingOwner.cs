using System.ComponentModel;
using System.Diagnostics;

namespace GGLib.Engine.Installation;

/// <summary>Which process prepares a staging folder. A process id alone is reused; with the start time it is not.</summary>
internal sealed record StagingOwner(int ProcessId, long StartedTicks)
{
    public static StagingOwner Current()
    {
        using var process = Process.GetCurrentProcess();
        return new StagingOwner(process.Id, process.StartTime.ToUniversalTime().Ticks);
    }

    public bool IsAnotherLivingProcess()
    {
        if (ProcessId == Environment.ProcessId)
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(ProcessId);

            // On Linux the start is counted from a boot time that is itself computed, and moves by milliseconds.
            return Math.Abs(process.StartTime.ToUniversalTime().Ticks - StartedTicks) < TimeSpan.TicksPerSecond * 2;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or Win32Exception or NotSupportedException)
        {
            return false;
        }
    }
}
