using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using GGLib.Configuration.Files;

namespace GGLib.Configuration.Values;

/// <summary>A list of numbers that are not negative, of which one is more than 0.</summary>
internal sealed class NumbersRule : ValueRule<IReadOnlyList<double>>
{
    private readonly NumberRule _item = new(0, 1_000_000);

    public override string Expected => "a list of numbers from 0, not all 0";

    public override bool TryRead(FileValue value, [MaybeNullWhen(false)] out IReadOnlyList<double> result)
    {
        var numbers = new List<double>();
        result = numbers;
        foreach (var item in value.Items)
        {
            if (!_item.TryRead(item, out var number))
            {
                return false;
            }

            numbers.Add(number);
        }

        return value.Kind is JsonValueKind.Array && numbers.Sum() > 0;
    }

    public override bool TryRead(string text, out IReadOnlyList<double> result)
    {
        var numbers = new List<double>();
        result = numbers;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!_item.TryRead(part, out var number))
            {
                return false;
            }

            numbers.Add(number);
        }

        return numbers.Sum() > 0;
    }

    public override FileValue Culprit(FileValue value) => value.Items.FirstOrDefault(item => !_item.TryRead(item, out _)) ?? value;

    public override string Show(IReadOnlyList<double> value) => string.Join(", ", value.Select(static number => number.ToString(CultureInfo.InvariantCulture)));

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<double> value)
    {
        writer.WriteStartArray();
        foreach (var number in value)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type"u8, "array"u8);
        writer.WriteNumber("minItems"u8, 1);
        writer.WriteStartObject("items"u8);
        _item.WriteSchema(writer);
        writer.WriteEndObject();
    }
}
