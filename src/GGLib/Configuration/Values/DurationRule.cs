using System.Globalization;
using System.Text;
using System.Text.Json;
using GGLib.Configuration.Files;
using GGLib.Server.Requests;

namespace GGLib.Configuration.Values;

/// <summary>A duration such as <c>5m</c>, or whole seconds.</summary>
internal sealed class DurationRule : ValueRule<TimeSpan>
{
    // A century: longer than any run, and far from overflowing anything it is added to.
    private const long MostSeconds = 100L * 365 * 24 * 3600;

    public override string Expected => "a duration such as \"5m\" or \"1h30m\", or whole seconds";

    public override bool TryRead(FileValue value, out TimeSpan result)
    {
        result = default;
        return value.Kind is JsonValueKind.Number or JsonValueKind.String && TryRead(value.Text, out result);
    }

    public override bool TryRead(string text, out TimeSpan result)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            result = TimeSpan.FromSeconds(Math.Clamp(seconds, -MostSeconds, MostSeconds));
            return true;
        }

        return GoDuration.TryParse(text, out result, out _);
    }

    public override string Show(TimeSpan value)
    {
        if (value <= TimeSpan.Zero)
        {
            return value == TimeSpan.Zero ? "0" : "-1";
        }

        var text = new StringBuilder();
        Part((long)value.TotalHours, "h");
        Part(value.Minutes, "m");
        Part(value.Seconds, "s");
        Part(value.Milliseconds, "ms");
        return text.Length == 0 ? "0" : text.ToString();

        void Part(long amount, string unit)
        {
            if (amount > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{amount}{unit}");
            }
        }
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value) => writer.WriteStringValue(Show(value));

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("type"u8);
        writer.WriteStringValue("string"u8);
        writer.WriteStringValue("integer"u8);
        writer.WriteEndArray();
        writer.WriteString("pattern"u8, @"^[-+]?(0|[0-9]+|([0-9]*\.?[0-9]+(ns|us|µs|ms|s|m|h))+)$"u8);
    }
}
