using System.Text.Json;

namespace GGLib.Gguf;

/// <summary>A metadata value as JSON.</summary>
internal static class GgufValueJson
{
    public static void Write(Utf8JsonWriter writer, GgufValue value, bool arrays)
    {
        switch (value.Type)
        {
            case GgufType.String:
                writer.WriteStringValue(value.Text);
                break;
            case GgufType.Array:
                WriteArray(writer, value.Array!, arrays);
                break;
            case GgufType.Bool:
                writer.WriteBooleanValue(value.TryGetBool(out var truth) && truth);
                break;
            case GgufType.Float32:
                value.TryGetSingle(out var single);
                ShortestNumber.Write(writer, single);
                break;
            case GgufType.Float64:
                value.TryGetNumber(out var number);
                ShortestNumber.Write(writer, number);
                break;
            default:
                WriteInteger(writer, value);
                break;
        }
    }

    private static void WriteInteger(Utf8JsonWriter writer, GgufValue value)
    {
        if (value.TryGetInteger(out var integer))
        {
            writer.WriteNumberValue(integer);
        }
        else if (value.TryGetUnsigned(out var unsigned))
        {
            writer.WriteNumberValue(unsigned);
        }
    }

    private static void WriteArray(Utf8JsonWriter writer, GgufArray array, bool arrays)
    {
        if (array.Count > 0 && (!arrays || !array.IsLoaded))
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartArray();
        foreach (var element in array.Values)
        {
            Write(writer, element, arrays);
        }

        writer.WriteEndArray();
    }
}
