using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using GGLib.Configuration.Files;

namespace GGLib.Configuration.Values;

/// <summary>A list of texts; in the environment, parts between commas.</summary>
internal sealed class ListRule : ValueRule<IReadOnlyList<string>>
{
    public override string Expected => "a list of texts";

    public override bool TryRead(FileValue value, [MaybeNullWhen(false)] out IReadOnlyList<string> result)
    {
        result = [.. value.Items.Select(static item => item.Text)];
        return value.Kind is JsonValueKind.Array && value.Items.All(static item => item.Kind is JsonValueKind.String);
    }

    public override bool TryRead(string text, out IReadOnlyList<string> result)
    {
        result = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return true;
    }

    public override FileValue Culprit(FileValue value) =>
        value.Items.FirstOrDefault(static item => item.Kind is not JsonValueKind.String) ?? value;

    public override string Show(IReadOnlyList<string> value) => string.Join(", ", value);

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value)
    {
        writer.WriteStartArray();
        foreach (var item in value)
        {
            writer.WriteStringValue(item);
        }

        writer.WriteEndArray();
    }

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type"u8, "array"u8);
        writer.WriteStartObject("items"u8);
        writer.WriteString("type"u8, "string"u8);
        writer.WriteEndObject();
    }
}
