using GGLib.Engine.Installation;
using GGLib.Rendering;
using Spectre.Console;

namespace GGLib.Engines;

/// <summary>Shows how far an installation is: bars on a terminal, a line now and then elsewhere.</summary>
internal static class InstallDisplay
{
    public static Task<InstallResult> ShowAsync(Screen screen, Func<IProgress<InstallProgress>, Task<InstallResult>> install) =>
        screen.IsTerminal && screen.Terminal.Profile.Capabilities.Interactive ? WithBarsAsync(screen, install) : install(new LineProgress(screen));

    private static Task<InstallResult> WithBarsAsync(Screen screen, Func<IProgress<InstallProgress>, Task<InstallResult>> install) =>
        screen.Terminal.Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(bars => install(new BarProgress(bars)));

    public static string Words(InstallProgress progress) => progress.Phase switch
    {
        InstallPhase.Waiting => "waiting",
        InstallPhase.Resolving => "looking up",
        InstallPhase.Downloading => "downloading",
        InstallPhase.Unpacking => "unpacking",
        _ => "trying",
    };
}
