using System.Text.Json;

namespace GGLib.Server.Streaming;

/// <summary>Reads the <c>tool_calls</c> array of a delta into events.</summary>
internal static class ToolCallReader
{
    public static void Read(ReadOnlySpan<byte> array, int choice, IStreamEventSink sink)
    {
        var reader = new Utf8JsonReader(array);
        reader.Read();
        var position = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadCall(ref reader, position, choice, sink);
            }
            else
            {
                reader.Skip();
            }

            position++;
        }
    }

    private static void ReadCall(ref Utf8JsonReader reader, int index, int choice, IStreamEventSink sink)
    {
        ReadOnlySpan<byte> id = default, name = default, arguments = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var given) && given >= 0)
                {
                    index = given;
                }
                else
                {
                    reader.Skip();
                }
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                id = NextText(ref reader);
            }
            else if (reader.ValueTextEquals("function"u8))
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.StartObject)
                {
                    reader.Skip();
                    continue;
                }

                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    if (reader.ValueTextEquals("name"u8))
                    {
                        name = NextText(ref reader);
                    }
                    else if (reader.ValueTextEquals("arguments"u8))
                    {
                        arguments = NextText(ref reader);
                    }
                    else
                    {
                        reader.Skip();
                    }
                }
            }
            else
            {
                reader.Skip();
            }
        }

        sink.Accept(StreamEvent.ToolCall(index, id, name, arguments) with { Choice = choice });
    }

    private static ReadOnlySpan<byte> NextText(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        return JsonField.Text(ref reader);
    }
}
