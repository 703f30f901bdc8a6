using System.Globalization;
using GGLib.Catalog.Templates.Values;

namespace GGLib.Catalog.Templates.Execution;

/// <summary>Values as Go prints them with <c>%v</c>.</summary>
internal static class ValueText
{
    /// <summary>The text of a value whose type says itself how it is printed, else null.</summary>
    public static TextValue? OwnText(TemplateValue value, Budget budget) => value switch
    {
        ListValue { Form: PrintForm.TypeNames } types => types.Items switch
        {
            [] => TextValue.Empty,
            [TextValue only] => only,
            _ => Of(new ListValue("[]string", types.Items), budget),
        },
        MapValue { Form: PrintForm.Json, IsNil: true } => TextValue.Of("{}"),
        ListValue { Form: PrintForm.Json } or MapValue { Form: PrintForm.Json } or RecordValue { Form: PrintForm.Json } => ValueJson.Of(value, budget),
        _ => null,
    };

    public static TextValue Of(TemplateValue value, Budget budget)
    {
        if (value is TextValue same)
        {
            return same;
        }

        var text = new TextBuilder(budget);
        Write(value, text, budget);
        return text.ToValue();
    }

    /// <summary>Writes the value; nothing is written as <c>&lt;nil&gt;</c>.</summary>
    /// <param name="value">What to write.</param>
    /// <param name="into">Where to.</param>
    /// <param name="budget">What it may cost.</param>
    /// <param name="withNames">Whether structs name their fields, as <c>%+v</c> does.</param>
    public static void Write(TemplateValue value, TextBuilder into, Budget budget, bool withNames = false)
    {
        budget.SpendStep();
        budget.Enter();
        switch (value)
        {
            case TextValue text:
                into.Write(text.Span);
                break;
            case BooleanValue boolean:
                into.Write(boolean.Value ? "true"u8 : "false"u8);
                break;
            case IntegerValue integer:
                into.Write(integer.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case FloatValue number:
                into.Write(FloatText.Shortest(number.Value));
                break;
            case var _ when OwnText(value, budget) is { } own:
                into.Write(own.Span);
                break;
            case BytesValue bytes:
                WriteJoined(into, "["u8, bytes.Bytes.Length, at => into.Write(bytes.Bytes.Span[at].ToString(CultureInfo.InvariantCulture)));
                into.Write((byte)']');
                break;
            case ListValue list:
                WriteJoined(into, "["u8, list.Items.Count, at => Write(list.Items[at], into, budget, withNames));
                into.Write((byte)']');
                break;
            case MapValue map:
                WriteJoined(into, "map["u8, map.Entries.Count, at =>
                {
                    into.Write(map.Entries[at].Key);
                    into.Write((byte)':');
                    Write(map.Entries[at].Value, into, budget, withNames);
                });
                into.Write((byte)']');
                break;
            case RecordValue record:
                WriteJoined(into, "{"u8, record.Fields.Count, at =>
                {
                    if (withNames)
                    {
                        into.Write(record.Fields[at].Name);
                        into.Write((byte)':');
                    }

                    Write(record.Fields[at].Value, into, budget, withNames);
                });
                into.Write((byte)'}');
                break;
            default:
                into.Write("<nil>"u8);
                break;
        }

        budget.Leave();
    }

    private static void WriteJoined(TextBuilder into, ReadOnlySpan<byte> opening, int count, Action<int> write)
    {
        into.Write(opening);
        for (var at = 0; at < count; at++)
        {
            if (at > 0)
            {
                into.Write((byte)' ');
            }

            write(at);
        }
    }
}
