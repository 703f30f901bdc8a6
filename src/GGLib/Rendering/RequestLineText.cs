using System.Globalization;
using System.Text;
using GGLib.Server.Telemetry;

namespace GGLib.Rendering;

/// <summary>One line for a request: time, what was asked, status, model, duration, tokens and speed, what was done about its tool calls, error.</summary>
internal static class RequestLineText
{
    private const int RequestWidth = 26;
    private const int ModelWidth = 20;

    public static string Of(RequestLine line, DateTimeOffset at, Paint paint)
    {
        var text = new StringBuilder()
            .Append(paint.Dim(at.ToString("HH:mm:ss", CultureInfo.InvariantCulture)))
            .Append("  ").Append(SafeText.OneLine($"{line.Method} {line.Path}", 120).PadRight(RequestWidth))
            .Append("  ").Append(Status(line.Status, paint))
            .Append("  ").Append(SafeText.OneLine(line.Notes.Model ?? "-", 120).PadRight(ModelWidth))
            .Append("  ").Append(Quantity.Milliseconds(line.Duration).PadLeft(9));
        if (line.Notes.PromptTokens is { } prompt)
        {
            text.Append("  ").Append(CultureInfo.InvariantCulture, $"{prompt,5} in");

            // Embeddings generate nothing.
            if (line.Notes.GeneratedTokens is { } generated)
            {
                text.Append(CultureInfo.InvariantCulture, $" {generated,5} out");
            }
        }

        if (line.Notes.TokensPerSecond is { } rate)
        {
            text.Append("  ").Append(Quantity.Rate(rate).PadLeft(15));
        }

        if (line.Notes.RepairedToolCalls is > 0 and var repaired)
        {
            text.Append("  ").Append(paint.Yellow(repaired == 1 ? "repaired a tool call" : $"repaired {Quantity.Whole(repaired)} tool calls"));
        }

        if (line.Notes.ToolCallProblem is { } problem)
        {
            text.Append("  ").Append(paint.Yellow(SafeText.OneLine($"invalid tool call: {problem}")));
        }

        if (line.Notes.EndedToolCallLoop)
        {
            text.Append("  ").Append(paint.Yellow("ended a tool call loop"));
        }

        if (line.Notes.Error is { } error)
        {
            text.Append("  ").Append(paint.Red(SafeText.OneLine(error)));
        }
        else if (line.Status is 499)
        {
            text.Append("  ").Append(paint.Dim("the client left"));
        }

        return text.ToString().TrimEnd();
    }

    private static string Status(int status, Paint paint)
    {
        var text = Quantity.Whole(status);
        return status switch { < 400 => paint.Green(text), < 500 => paint.Yellow(text), _ => paint.Red(text) };
    }
}
