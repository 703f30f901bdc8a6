using System.Globalization;
using GGLib.Client.Wire;
using GGLib.Rendering;

namespace GGLib.Chat;

/// <summary>What <c>--verbose</c> prints beside an answer, line for line as <c>ollama run</c> does: scripts read it.</summary>
internal static class Timings
{
    public static IEnumerable<string> Of(ChatPiece last)
    {
        if (last.TotalDuration > 0)
        {
            yield return Line("total duration", Quantity.Measured(last.TotalDuration));
        }

        if (last.LoadDuration > 0)
        {
            yield return Line("load duration", Quantity.Measured(last.LoadDuration));
        }

        foreach (var line in Phase("prompt eval", last.PromptEvalCount, last.PromptEvalDuration).Concat(Phase("eval", last.EvalCount, last.EvalDuration)))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> Phase(string name, long count, long duration)
    {
        if (count > 0)
        {
            yield return Line(name + " count", $"{Quantity.Whole(count)} token(s)");
        }

        if (duration > 0)
        {
            yield return Line(name + " duration", Quantity.Measured(duration));
            yield return Line(name + " rate", string.Create(CultureInfo.InvariantCulture, $"{count / (duration / 1e9):F2} tokens/s"));
        }
    }

    private static string Line(string name, string value) => (name + ":").PadRight(22) + value;
}
