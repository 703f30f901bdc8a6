using System.Text;
using System.Text.Json;

namespace GGLib.Configuration.Files;

/// <summary>Reads JSON with comments and trailing commas, keeping positions.</summary>
internal static class FileReader
{
    private static readonly JsonReaderOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 };

    /// <summary>The file's object; an empty file is an empty one.</summary>
    public static FileValue? Read(ReadOnlySpan<byte> bytes, out FileProblem? problem)
    {
        problem = null;
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }

        var reader = new Utf8JsonReader(bytes, Lenient);
        try
        {
            if (bytes.IndexOfAnyExcept(" \t\r\n"u8) < 0)
            {
                return new FileValue(JsonValueKind.Object, "{}", new FilePosition(1, 1));
            }

            reader.Read();
            var value = Value(ref reader, bytes, ref problem);
            if (problem is not null)
            {
                return null;
            }

            // Whatever else stands there is an error to the reader.
            reader.Read();
            if (value.Kind is JsonValueKind.Object)
            {
                return value;
            }

            problem = new(value.Position, $"the file must be an object, {{ … }}, not {value.Shown}");
            return null;
        }
        catch (JsonException error)
        {
            problem = new(PositionOf(error, bytes), Words(error));
            return null;
        }
        catch (InvalidOperationException)
        {
            // A text that is no UTF-8.
            problem = new(At(bytes, (int)reader.TokenStartIndex), "the text is not UTF-8");
            return null;
        }
    }

    private static FileValue Value(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes, ref FileProblem? problem)
    {
        var position = At(bytes, (int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = new List<FileMember>();
                while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
                {
                    var at = At(bytes, (int)reader.TokenStartIndex);
                    var name = reader.GetString()!;
                    if (members.Exists(member => member.Name == name))
                    {
                        problem ??= new(at, $"'{name}' is there twice");
                    }

                    reader.Read();
                    members.Add(new(name, at, Value(ref reader, bytes, ref problem)));
                }

                return new(JsonValueKind.Object, "", position) { Members = members };
            case JsonTokenType.StartArray:
                var items = new List<FileValue>();
                while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
                {
                    items.Add(Value(ref reader, bytes, ref problem));
                }

                return new(JsonValueKind.Array, "", position) { Items = items };
            case JsonTokenType.String:
                return new(JsonValueKind.String, reader.GetString()!, position);
            case var token:
                var kind = token switch { JsonTokenType.Number => JsonValueKind.Number, JsonTokenType.True => JsonValueKind.True, JsonTokenType.False => JsonValueKind.False, _ => JsonValueKind.Null };
                return new(kind, Encoding.UTF8.GetString(reader.ValueSpan), position);
        }
    }

    private static FilePosition At(ReadOnlySpan<byte> bytes, int offset)
    {
        var before = bytes[..Math.Min(offset, bytes.Length)];
        var line = before[(before.LastIndexOf((byte)'\n') + 1)..];
        return new(before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(line) + 1);
    }

    private static FilePosition PositionOf(JsonException error, ReadOnlySpan<byte> bytes)
    {
        var start = 0;
        for (var line = 0L; line < (error.LineNumber ?? 0) && start < bytes.Length; line++)
        {
            var length = bytes[start..].IndexOf((byte)'\n');
            start = length < 0 ? bytes.Length : start + length + 1;
        }

        return At(bytes, start + (int)(error.BytePositionInLine ?? 0));
    }

    /// <summary>The reader's sentence without its positions, which count from 0.</summary>
    private static string Words(JsonException error)
    {
        var text = error.Message;
        foreach (var end in (ReadOnlySpan<string>)[" LineNumber:", " Path:", " Change the reader options."])
        {
            var at = text.IndexOf(end, StringComparison.Ordinal);
            text = at < 0 ? text : text[..at];
        }

        return "not JSON: " + text.TrimEnd('.', ' ');
    }
}
