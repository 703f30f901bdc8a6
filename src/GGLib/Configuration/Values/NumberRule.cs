using System.Globalization;
using System.Text.Json;
using GGLib.Configuration.Files;

namespace GGLib.Configuration.Values;

/// <summary>A number within bounds.</summary>
internal sealed class NumberRule(double least, double most) : ValueRule<double>
{
    public override string Expected => $"a number from {Show(least)} to {Show(most)}";

    public override bool TryRead(FileValue value, out double result)
    {
        result = 0;
        return value.Kind is JsonValueKind.Number && TryRead(value.Text, out result);
    }

    public override bool TryRead(string text, out double result) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out result) && result >= least && result <= most;

    public override string Show(double value) => value.ToString(CultureInfo.InvariantCulture);

    public override void Write(Utf8JsonWriter writer, double value) => writer.WriteNumberValue(value);

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type"u8, "number"u8);
        writer.WriteNumber("minimum"u8, least);
        writer.WriteNumber("maximum"u8, most);
    }
}
