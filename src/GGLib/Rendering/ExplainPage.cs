using GGLib.Configuration;
using GGLib.Engine.Installation;
using GGLib.Engine.Launching;

namespace GGLib.Rendering;

/// <summary>How a model would be run, a line a flag and a value.</summary>
internal static class ExplainPage
{
    private const int MostOfValue = 48;

    public static void Print(Screen screen, string model, EngineBinary engine, Launch launch, IReadOnlyList<SamplingExplanation> sampling)
    {
        var paint = screen.Paint;
        screen.Line(paint.Bold(model));
        screen.Line($"{paint.Dim("engine")}   llama-server {engine.Version}  {engine.Path}");
        screen.Line($"{paint.Dim("context")}  {Quantity.Whole(launch.Plan.ContextLength)} tokens a request  {paint.Dim(Why(launch.Plan.ContextOrigin))}");
        screen.Line($"{paint.Dim("slots")}    {Quantity.Whole(launch.Plan.Slots)} requests side by side  {paint.Dim(Why(launch.Plan.SlotsOrigin))}");
        screen.Line($"{paint.Dim("memory")}   about {Quantity.Bytes(launch.Plan.MemoryBytes)}  {paint.Dim(launch.Plan.MemoryText)}");
        screen.Line();
        screen.Line(paint.Bold("Flags"));
        Rows(screen, launch.Arguments.Concat(launch.LeftToLlamaServer).Select(static argument => (argument.Flag, argument.Value ?? "", argument.Origin)));
        if (launch.Environment.Count > 0)
        {
            screen.Line();
            screen.Line(paint.Bold("Environment"));
            Rows(screen, launch.Environment.Select(static variable => (variable.Name, variable.Value, variable.Origin)));
        }

        screen.Line();
        screen.Line(paint.Bold("Sampling of a request that says nothing (/api; on /v1 only what a section of gglib.json sets)"));
        Rows(screen, sampling.Select(static one => (one.Name, one.Value ?? "-", one.Origin)));
        screen.Line();
        screen.Line(paint.Bold("Command line"));
        screen.Line(string.Join(' ', launch.Environment.Select(static variable => $"{variable.Name}={Quoted(variable.Value)}").Concat(launch.Command.Select(Quoted))));
    }

    private static void Rows(Screen screen, IEnumerable<(string Name, string Value, ValueOrigin Origin)> rows)
    {
        var all = rows.ToList();
        var nameWidth = all.Max(static row => row.Name.Length);
        var valueWidth = Math.Min(MostOfValue, all.Max(static row => row.Value.Length));
        foreach (var (name, value, origin) in all)
        {
            screen.Line($"  {name.PadRight(nameWidth)}  {SafeText.OneLine(value, 4096).PadRight(valueWidth)}  {screen.Paint.Dim(Why(origin))}".TrimEnd());
        }
    }

    private static string Why(ValueOrigin origin) => origin.Kind is OriginKind.Computed ? "computed: " + origin.Text : origin.Text;

    /// <summary>Fit for a POSIX shell.</summary>
    private static string Quoted(string argument) =>
        argument.Length > 0 && argument.All(static letter => char.IsAsciiLetterOrDigit(letter) || "-_./:=,+@%".Contains(letter))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
