using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using GGLib.Configuration.Files;

namespace GGLib.Configuration.Values;

/// <summary>One of a few words.</summary>
internal sealed class ChoiceRule(params string[] words) : ValueRule<string>
{
    public override string Expected => "one of " + string.Join(", ", words);

    public override bool TryRead(FileValue value, [MaybeNullWhen(false)] out string result)
    {
        result = null;
        return value.Kind is JsonValueKind.String && TryRead(value.Text, out result);
    }

    public override bool TryRead(string text, [MaybeNullWhen(false)] out string result)
    {
        result = Array.Find(words, word => word.Equals(text, StringComparison.OrdinalIgnoreCase));
        return result is not null;
    }

    public override string Show(string value) => value;

    public override void Write(Utf8JsonWriter writer, string value) => writer.WriteStringValue(value);

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("enum"u8);
        foreach (var word in words)
        {
            writer.WriteStringValue(word);
        }

        writer.WriteEndArray();
    }
}
