using System.Globalization;
using System.Text.Json;
using GGLib.Configuration.Files;

namespace GGLib.Configuration.Values;

/// <summary>A whole number within bounds.</summary>
internal sealed class WholeRule(int least, int most = int.MaxValue) : ValueRule<int>
{
    public override string Expected => most == int.MaxValue ? $"a whole number from {least}" : $"a whole number from {least} to {most}";

    public override bool TryRead(FileValue value, out int result)
    {
        result = 0;
        return value.Kind is JsonValueKind.Number && TryRead(value.Text, out result);
    }

    public override bool TryRead(string text, out int result) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out result) && result >= least && result <= most;

    public override string Show(int value) => value.ToString(CultureInfo.InvariantCulture);

    public override void Write(Utf8JsonWriter writer, int value) => writer.WriteNumberValue(value);

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type"u8, "integer"u8);
        writer.WriteNumber("minimum"u8, least);
        if (most < int.MaxValue)
        {
            writer.WriteNumber("maximum"u8, most);
        }
    }
}
