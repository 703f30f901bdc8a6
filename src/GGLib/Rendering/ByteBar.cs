using Spectre.Console;

namespace GGLib.Rendering;

/// <summary>A bar of bytes on a terminal, gone when the work is done; elsewhere nothing.</summary>
internal static class ByteBar
{
    public static async Task<T> ShowAsync<T>(Screen screen, string what, long bytes, Func<IProgress<long>?, Task<T>> work)
    {
        if (!screen.IsTerminal || !screen.Terminal.Profile.Capabilities.Interactive)
        {
            return await work(null).ConfigureAwait(false);
        }

        return await screen.Terminal.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(bars => work(new Bar(bars.AddTask(Markup.Escape(SafeText.OneLine(what, 60)), maxValue: Math.Max(1, bytes)))))
            .ConfigureAwait(false);
    }

    // Not Progress<T>, which would report on another thread, and late.
    private sealed class Bar(ProgressTask task) : IProgress<long>
    {
        public void Report(long value) => task.Increment(value);
    }
}
