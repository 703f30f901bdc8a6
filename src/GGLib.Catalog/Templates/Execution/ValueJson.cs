using System.Buffers;
using System.Globalization;
using System.Text;
using GGLib.Catalog.Templates.Values;

namespace GGLib.Catalog.Templates.Execution;

/// <summary>Values as compact JSON, in the form that Go's encoder gives Ollama's types.</summary>
internal static class ValueJson
{
    // Ollama encodes with json.Marshal, which writes <, > and & as \u003c, \u003e and \u0026. The models' publishers have
    // tested their templates with that text, so it is kept.
    private const bool EscapesHtml = true;

    public static TextValue Of(TemplateValue value, Budget budget)
    {
        var text = new TextBuilder(budget);
        Write(value, text, budget);
        return text.ToValue();
    }

    public static void Write(TemplateValue value, TextBuilder into, Budget budget)
    {
        budget.SpendStep();
        budget.Enter();
        switch (value)
        {
            case BooleanValue boolean:
                into.Write(boolean.Value ? "true"u8 : "false"u8);
                break;
            case IntegerValue integer:
                into.Write(integer.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case FloatValue number:
                into.Write(FloatText.Json(number.Value));
                break;
            case TextValue text:
                WriteText(text.Span, into);
                break;
            case BytesValue bytes:
                into.Write((byte)'"');
                into.Write(Convert.ToBase64String(bytes.Bytes.Span));
                into.Write((byte)'"');
                break;
            case ListValue { Form: PrintForm.TypeNames, Items: [var only] }:
                Write(only, into, budget);
                break;
            case ListValue { IsNil: false } list:
                WriteList(list, into, budget);
                break;
            case MapValue { IsNil: false } map:
                WriteMap(map, into, budget);
                break;
            case RecordValue record:
                WriteRecord(record, into, budget);
                break;
            default:
                into.Write("null"u8);
                break;
        }

        budget.Leave();
    }

    private static void WriteList(ListValue list, TextBuilder into, Budget budget)
    {
        var separator = (byte)'[';
        foreach (var item in list.Items)
        {
            into.Write(separator);
            separator = (byte)',';
            Write(item, into, budget);
        }

        into.Write(list.Items.Count == 0 ? "[]"u8 : "]"u8);
    }

    private static void WriteMap(MapValue map, TextBuilder into, Budget budget)
    {
        var separator = (byte)'{';
        foreach (var (key, value) in map.Entries)
        {
            into.Write(separator);
            separator = (byte)',';
            WriteText(Encoding.UTF8.GetBytes(key), into);
            into.Write((byte)':');
            Write(value, into, budget);
        }

        into.Write(map.Entries.Count == 0 ? "{}"u8 : "}"u8);
    }

    private static void WriteRecord(RecordValue record, TextBuilder into, Budget budget)
    {
        into.Write((byte)'{');
        var isFirst = true;
        foreach (var field in record.Fields)
        {
            if (!field.IsInJson)
            {
                continue;
            }

            if (!isFirst)
            {
                into.Write((byte)',');
            }

            isFirst = false;
            into.Write((byte)'"');
            into.Write(field.JsonName);
            into.Write("\":"u8);
            Write(field.Value, into, budget);
        }

        into.Write((byte)'}');
    }

    private static void WriteText(ReadOnlySpan<byte> text, TextBuilder into)
    {
        into.Write((byte)'"');
        var plain = 0;
        var at = 0;
        while (at < text.Length)
        {
            var length = 1;
            var current = text[at];
            string? escape = null;
            if (current < 0x80)
            {
                escape = current switch
                {
                    (byte)'"' => "\\\"",
                    (byte)'\\' => "\\\\",
                    (byte)'\n' => "\\n",
                    (byte)'\r' => "\\r",
                    (byte)'\t' => "\\t",
                    (byte)'\b' => "\\b",
                    (byte)'\f' => "\\f",
                    (byte)'<' or (byte)'>' or (byte)'&' when EscapesHtml => $"\\u{current:x4}",
                    < 0x20 => $"\\u{current:x4}",
                    _ => null,
                };
            }
            else if (Rune.DecodeFromUtf8(text[at..], out var rune, out length) is not OperationStatus.Done)
            {
                // Go takes one byte of what is no UTF-8 at a time.
                length = 1;
                escape = "\\ufffd";
            }
            else if (rune.Value is 0x2028 or 0x2029)
            {
                escape = $"\\u{rune.Value:x4}";
            }

            if (escape is not null)
            {
                into.Write(text[plain..at]);
                into.Write(escape);
                plain = at + length;
            }

            at += length;
        }

        into.Write(text[plain..]);
        into.Write((byte)'"');
    }
}
