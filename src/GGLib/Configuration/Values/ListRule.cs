using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using GGLib.Configuration.Files;

namespace GGLib.Configuration.Values;

/// <summary>A list of values that each follow one rule; in the environment, parts between commas.</summary>
/// <param name="expected">What it must be.</param>
/// <param name="item">The rule of each.</param>
/// <param name="least">Fewest there must be.</param>
internal class ListRule<T>(string expected, ValueRule<T> item, int least = 0) : ValueRule<IReadOnlyList<T>>
    where T : notnull
{
    public override string Expected => expected;

    public override bool TryRead(FileValue value, [MaybeNullWhen(false)] out IReadOnlyList<T> result)
    {
        var list = new List<T>();
        result = list;
        foreach (var part in value.Items)
        {
            if (!item.TryRead(part, out var one))
            {
                return false;
            }

            list.Add(one);
        }

        return value.Kind is JsonValueKind.Array && list.Count >= least && Holds(list);
    }

    public override bool TryRead(string text, out IReadOnlyList<T> result)
    {
        var list = new List<T>();
        result = list;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!item.TryRead(part, out var one))
            {
                return false;
            }

            list.Add(one);
        }

        return list.Count >= least && Holds(list);
    }

    public override FileValue Culprit(FileValue value) => value.Items.FirstOrDefault(part => !item.TryRead(part, out _)) ?? value;

    public override string Show(IReadOnlyList<T> value) => string.Join(", ", value.Select(item.Show));

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value)
    {
        writer.WriteStartArray();
        foreach (var one in value)
        {
            item.Write(writer, one);
        }

        writer.WriteEndArray();
    }

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type"u8, "array"u8);
        if (least > 0)
        {
            writer.WriteNumber("minItems"u8, least);
        }

        writer.WriteStartObject("items"u8);
        item.WriteSchema(writer);
        writer.WriteEndObject();
    }

    /// <summary>What is true of all of them together.</summary>
    protected virtual bool Holds(IReadOnlyList<T> values) => true;
}
