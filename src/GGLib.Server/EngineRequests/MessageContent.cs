using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.EngineRequests;

/// <summary>Writes a message's content: one string, or an array of parts when there are images or audio files.</summary>
internal static class MessageContent
{
    public static void Write(Utf8JsonWriter writer, ChatMessage message)
    {
        if (message.MediaCount == 0)
        {
            writer.WriteString("content"u8, message.Text);
            return;
        }

        writer.WriteStartArray("content"u8);
        foreach (var part in message.Parts)
        {
            switch (part)
            {
                case ContentPart.Text { Value: var text }:
                    writer.WriteStartObject();
                    writer.WriteString("type"u8, "text"u8);
                    writer.WriteString("text"u8, text);
                    writer.WriteEndObject();
                    break;
                case ContentPart.Image { Url: var url }:
                    writer.WriteStartObject();
                    writer.WriteString("type"u8, "image_url"u8);
                    writer.WriteStartObject("image_url"u8);
                    writer.WriteString("url"u8, url);
                    writer.WriteEndObject();
                    writer.WriteEndObject();
                    break;
                case ContentPart.Audio { Base64: var data, Format: var format }:
                    writer.WriteStartObject();
                    writer.WriteString("type"u8, "input_audio"u8);
                    writer.WriteStartObject("input_audio"u8);
                    writer.WriteString("data"u8, data);
                    writer.WriteString("format"u8, format);
                    writer.WriteEndObject();
                    writer.WriteEndObject();
                    break;
            }
        }

        writer.WriteEndArray();
    }
}
