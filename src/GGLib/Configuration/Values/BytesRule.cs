using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using GGLib.Configuration.Files;

namespace GGLib.Configuration.Values;

/// <summary>An amount of memory such as <c>8GiB</c>, or whole bytes. <c>GB</c> and <c>G</c> mean what they say: 10⁹ and 2³⁰.</summary>
internal sealed partial class BytesRule : ValueRule<long>
{
    public override string Expected => "an amount of memory such as \"8GiB\" or \"500MB\", or whole bytes";

    public override bool TryRead(FileValue value, out long result)
    {
        result = default;
        return value.Kind is JsonValueKind.Number or JsonValueKind.String && TryRead(value.Text, out result);
    }

    public override bool TryRead(string text, out long result)
    {
        result = 0;
        if (Form().Match(text) is not { Success: true } match || !double.TryParse(match.Groups["number"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var unit = match.Groups["unit"].Value.ToUpperInvariant();
        var power = unit.Length == 0 || unit == "B" ? 0 : "KMGT".IndexOf(unit[0]) + 1;
        var bytes = number * Math.Pow(unit is [_, 'B'] ? 1000 : 1024, power);
        if (bytes is < 1 or > 1e18)
        {
            return false;
        }

        result = (long)bytes;
        return true;
    }

    public override string Show(long value)
    {
        string[] units = ["", "KiB", "MiB", "GiB", "TiB"];
        var index = 0;
        while (index < units.Length - 1 && value % 1024 == 0)
        {
            value /= 1024;
            index++;
        }

        return value.ToString(CultureInfo.InvariantCulture) + units[index];
    }

    public override void Write(Utf8JsonWriter writer, long value) => writer.WriteStringValue(Show(value));

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("type"u8);
        writer.WriteStringValue("string"u8);
        writer.WriteStringValue("integer"u8);
        writer.WriteEndArray();
        writer.WriteString("pattern"u8, @"^[0-9]+(\.[0-9]+)? ?([KMGTkmgt](i?[Bb])?|[Bb])?$"u8);
    }

    [GeneratedRegex(@"^(?<number>[0-9]{1,18}(\.[0-9]+)?) ?(?<unit>[KMGTkmgt](i?[Bb])?|[Bb])?$")]
    private static partial Regex Form();
}
