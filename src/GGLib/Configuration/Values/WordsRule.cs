using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using GGLib.Configuration.Files;

namespace GGLib.Configuration.Values;

/// <summary>Words of llama-server's own, one or a list; which there are depends on the llama-server that is used.</summary>
internal sealed class WordsRule : ValueRule<IReadOnlyList<string>>
{
    private const string Form = "^[a-z0-9][a-z0-9-]*$";

    private readonly TextRule _word = new("a word", Form);

    public override string Expected => "a word such as \"ngram-mod\", or a list of them";

    public override bool TryRead(FileValue value, [MaybeNullWhen(false)] out IReadOnlyList<string> result)
    {
        IReadOnlyList<FileValue> items = value.Kind is JsonValueKind.Array ? value.Items : [value];
        result = [.. items.Select(static item => item.Text)];
        return items.Count > 0 && items.All(item => _word.TryRead(item, out _));
    }

    public override bool TryRead(string text, out IReadOnlyList<string> result)
    {
        result = text.Split(',', StringSplitOptions.TrimEntries);
        return result.All(word => _word.TryRead(word, out _));
    }

    public override FileValue Culprit(FileValue value) => value.Items.FirstOrDefault(item => !_word.TryRead(item, out _)) ?? value;

    public override string Show(IReadOnlyList<string> value) => string.Join(", ", value);

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value)
    {
        writer.WriteStartArray();
        foreach (var word in value)
        {
            writer.WriteStringValue(word);
        }

        writer.WriteEndArray();
    }

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("anyOf"u8);
        writer.WriteStartObject();
        _word.WriteSchema(writer);
        writer.WriteEndObject();
        writer.WriteStartObject();
        writer.WriteString("type"u8, "array"u8);
        writer.WriteNumber("minItems"u8, 1);
        writer.WriteStartObject("items"u8);
        _word.WriteSchema(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }
}
