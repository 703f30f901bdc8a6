using GGLib.Configuration;
using GGLib.Engine.Launching;

namespace GGLib.Rendering;

/// <summary>The settings, a line each.</summary>
internal static class SettingsPage
{
    public static void Print(Screen screen, Settings settings, ConfigurationLocation location)
    {
        screen.Line($"{screen.Paint.Dim("file")}  {location.Path}{(settings.File is null ? " (not there)" : "")}");
        var all = settings.All.ToList();
        var nameWidth = all.Max(static one => one.Setting.Name.Length);
        var valueWidth = Math.Min(40, all.Max(static one => Value(one.Winner).Length));
        foreach (var one in all)
        {
            var origin = one.Winner.Origin.Kind is OriginKind.Default ? "default" : one.Winner.Origin.Text;
            screen.Line($"{screen.Paint.Dim(one.Setting.Name.PadRight(nameWidth))}  {Value(one.Winner).PadRight(valueWidth)}  {Said(screen, one, origin)}".TrimEnd());
        }

        foreach (var section in settings.File?.Sections ?? [])
        {
            screen.Line();
            screen.Line($"{screen.Paint.Dim("models")} {screen.Paint.Bold($"\"{SafeText.OneLine(section.Pattern)}\"")}  {screen.Paint.Dim($"{ConfigurationFileName(settings)}:{section.Position}")}");
            foreach (var (setting, candidate) in section.Values)
            {
                screen.Line($"  {screen.Paint.Dim(setting.Name.PadRight(nameWidth))}  {Value(candidate)}");
            }

            foreach (var (setting, candidate) in section.Options)
            {
                screen.Line($"  {screen.Paint.Dim(setting.Name.PadRight(nameWidth))}  {Value(candidate)}");
            }
        }
    }

    private static string ConfigurationFileName(Settings settings) => Path.GetFileName(settings.File!.Path);

    private static string Value(Candidate candidate) => candidate.Text.Length == 0 ? "-" : SafeText.OneLine(candidate.Text);

    private static string Said(Screen screen, ResolvedSetting one, string origin)
    {
        List<string> notes =
        [
            .. one.Overridden.Select(static other => $"goes before {other.Origin.Text} ({Value(other)})"),
            .. one.Ignored.Select(static other => $"{other.Origin.Text}={Value(other)} does not count: {other.Ignored}"),
        ];
        return notes.Count == 0 ? origin : $"{origin}; {screen.Paint.Yellow(string.Join("; ", notes))}";
    }
}
