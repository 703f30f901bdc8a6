using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using GGLib.Configuration.Files;

namespace GGLib.Configuration.Values;

/// <summary>Words of llama-server's own, one or a list; which there are depends on the llama-server that is used.</summary>
internal sealed class WordsRule() : ListRule<string>("a word such as \"ngram-mod\", or a list of them", Word, least: 1)
{
    private static readonly TextRule Word = new("a word", "^[a-z0-9][a-z0-9-]*$");

    public override bool TryRead(FileValue value, [MaybeNullWhen(false)] out IReadOnlyList<string> result)
    {
        if (Word.TryRead(value, out var word))
        {
            result = [word];
            return true;
        }

        return base.TryRead(value, out result);
    }

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("anyOf"u8);
        writer.WriteStartObject();
        Word.WriteSchema(writer);
        writer.WriteEndObject();
        writer.WriteStartObject();
        base.WriteSchema(writer);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }
}
