using System.Globalization;
using System.Text;
using GGLib.Catalog.Templates.Values;

namespace GGLib.Catalog.Templates.Execution;

/// <summary>
/// <c>printf</c>: the verbs <c>v s q d t c U b o x X e E f F g G</c> with the flags <c>+ - space 0</c>, width and precision. A verb that does
/// not fit its operand, an operand too many or too few leave Go's marks in the text (<c>%!d(string=hi)</c>); what is not supported
/// (<c>#</c>, <c>*</c>, <c>[n]</c>, <c>%T</c>, <c>%p</c>) is a fault.
/// </summary>
internal sealed class FormattedText
{
    // Go's own bound: a greater width is a mistake or an attack.
    private const int MaxWidth = 1_000_000;

    private readonly TextBuilder _text;
    private readonly Budget _budget;

    private bool _plus;
    private bool _minus;
    private bool _space;
    private bool _zero;
    private int? _width;
    private int? _precision;

    private FormattedText(Budget budget)
    {
        _budget = budget;
        _text = new(budget);
    }

    public static TextValue Of(TextValue format, List<TemplateValue> operands, Budget budget)
    {
        var writer = new FormattedText(budget);
        writer.WriteAll(format.Span, operands);
        return writer._text.ToValue();
    }

    private void WriteAll(ReadOnlySpan<byte> format, List<TemplateValue> operands)
    {
        var next = 0;
        while (format.Length > 0)
        {
            var percent = format.IndexOf((byte)'%');
            _text.Write(percent < 0 ? format : format[..percent]);
            if (percent < 0)
            {
                break;
            }

            format = format[(percent + 1)..];
            ReadFlags(ref format);
            _width = ReadNumber(ref format);
            _precision = null;
            if (format is [(byte)'.', ..])
            {
                format = format[1..];
                _precision = ReadNumber(ref format) ?? 0;
            }

            if (format.IsEmpty)
            {
                _text.Write("%!(NOVERB)"u8);
                break;
            }

            _ = Rune.DecodeFromUtf8(format, out var verb, out var length);
            format = format[length..];
            _budget.SpendStep();
            if (verb.Value == '%')
            {
                _text.Write((byte)'%');
            }
            else if (verb.Value is '*' or '[' or '#' or 'T' or 'p' or 'w')
            {
                throw _budget.Fault($"printf does not support %{verb} here");
            }
            else if (next >= operands.Count)
            {
                _text.Write($"%!{verb}(MISSING)");
            }
            else
            {
                WriteOperand(operands[next++], verb);
            }
        }

        WriteExtra(operands, next);
    }

    private void WriteExtra(List<TemplateValue> operands, int next)
    {
        if (next >= operands.Count)
        {
            return;
        }

        _text.Write("%!(EXTRA "u8);
        for (var at = next; at < operands.Count; at++)
        {
            _text.Write(at > next ? ", "u8 : ""u8);
            if (IsNothing(operands[at]))
            {
                _text.Write("<nil>"u8);
                continue;
            }

            _text.Write(operands[at].TypeName);
            _text.Write((byte)'=');
            ValueText.Write(operands[at], _text, _budget);
        }

        _text.Write((byte)')');
    }

    private void ReadFlags(ref ReadOnlySpan<byte> format)
    {
        _plus = _minus = _space = _zero = false;
        while (format.Length > 0)
        {
            switch (format[0])
            {
                case (byte)'+': _plus = true; break;
                case (byte)'-': _minus = true; break;
                case (byte)' ': _space = true; break;
                case (byte)'0': _zero = true; break;
                default:
                    _zero &= !_minus;
                    return;
            }

            format = format[1..];
        }
    }

    private int? ReadNumber(ref ReadOnlySpan<byte> format)
    {
        var digits = format.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        digits = digits < 0 ? format.Length : digits;
        if (digits == 0)
        {
            return null;
        }

        if (digits > 7 || !int.TryParse(format[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > MaxWidth)
        {
            throw _budget.Fault("a width or precision of printf is too great");
        }

        format = format[digits..];
        return number;
    }

    private void WriteOperand(TemplateValue value, Rune verb)
    {
        _budget.SpendStep();
        _budget.Enter();
        if (IsNothing(value))
        {
            if (verb.Value == 'v')
            {
                Pad("<nil>"u8);
            }
            else
            {
                _text.Write($"%!{verb}(<nil>)");
            }
        }
        else if (verb.Value is 'v' or 's' or 'x' or 'X' or 'q' && ValueText.OwnText(value, _budget) is { } own)
        {
            WriteText(own, verb);
        }
        else
        {
            WriteByKind(value, verb);
        }

        _budget.Leave();
    }

    private void WriteByKind(TemplateValue value, Rune verb)
    {
        switch (value)
        {
            case TextValue text:
                WriteText(text, verb);
                break;
            case IntegerValue integer:
                WriteInteger(integer, verb);
                break;
            case FloatValue number:
                WriteFloat(number, verb);
                break;
            case BooleanValue boolean when verb.Value is 'v' or 't':
                Pad(boolean.Value ? "true"u8 : "false"u8);
                break;
            case BytesValue bytes when verb.Value is 's' or 'q' or 'x' or 'X':
                WriteText(new(bytes.Bytes), verb);
                break;
            case BytesValue bytes:
                WriteJoined("["u8, [.. bytes.Bytes.ToArray().Select(item => new IntegerValue(item))], verb, "]"u8);
                break;
            case ListValue list:
                WriteJoined("["u8, list.Items, verb, "]"u8);
                break;
            case RecordValue record:
                WriteRecord(record, verb);
                break;
            case MapValue map:
                _text.Write("map["u8);
                for (var at = 0; at < map.Entries.Count; at++)
                {
                    _text.Write(at > 0 ? " "u8 : ""u8);
                    WriteOperand(TextValue.Of(map.Entries[at].Key), verb);
                    _text.Write((byte)':');
                    WriteOperand(map.Entries[at].Value, verb);
                }

                _text.Write((byte)']');
                break;
            default:
                WriteMisfit(value, verb);
                break;
        }
    }

    private void WriteJoined(ReadOnlySpan<byte> opening, IReadOnlyList<TemplateValue> items, Rune verb, ReadOnlySpan<byte> closing)
    {
        _text.Write(opening);
        for (var at = 0; at < items.Count; at++)
        {
            _text.Write(at > 0 ? " "u8 : ""u8);
            WriteOperand(items[at], verb);
        }

        _text.Write(closing);
    }

    private void WriteRecord(RecordValue record, Rune verb)
    {
        _text.Write((byte)'{');
        for (var at = 0; at < record.Fields.Count; at++)
        {
            _text.Write(at > 0 ? " "u8 : ""u8);
            if (_plus && verb.Value == 'v')
            {
                _text.Write(record.Fields[at].Name);
                _text.Write((byte)':');
            }

            WriteOperand(record.Fields[at].Value, verb);
        }

        _text.Write((byte)'}');
    }

    private void WriteText(TextValue text, Rune verb)
    {
        switch (verb.Value)
        {
            case 'v' or 's':
                Pad(Cut(text.Span));
                break;
            case 'q':
                // What is not printable takes up to four times its bytes.
                _budget.SpendText(Math.Min(text.Span.Length, int.MaxValue / 4) * 4);
                Pad(QuotedText.Of(Cut(text.Span), asciiOnly: _plus));
                break;
            case 'x' or 'X':
                var bytes = text.Span[..Math.Min(text.Span.Length, _precision ?? text.Span.Length)];
                _budget.SpendText(bytes.Length * 3);
                Pad(Hex(bytes, verb.Value == 'x' ? "0123456789abcdef"u8 : "0123456789ABCDEF"u8));
                break;
            default:
                WriteMisfit(text, verb);
                break;
        }
    }

    private ReadOnlySpan<byte> Hex(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> digits)
    {
        var hex = new List<byte>(bytes.Length * 3);
        foreach (var value in bytes)
        {
            if (_space && hex.Count > 0)
            {
                hex.Add((byte)' ');
            }

            hex.Add(digits[value >> 4]);
            hex.Add(digits[value & 15]);
        }

        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(hex);
    }

    // The precision of a string counts characters.
    private ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text)
    {
        if (_precision is not { } most)
        {
            return text;
        }

        var length = 0;
        for (; most > 0 && length < text.Length; most--)
        {
            var status = Rune.DecodeFromUtf8(text[length..], out _, out var size);
            length += status is System.Buffers.OperationStatus.Done ? size : 1;
        }

        return text[..length];
    }

    private void WriteInteger(IntegerValue integer, Rune verb)
    {
        var value = integer.Value;
        switch (verb.Value)
        {
            case 'c':
                Pad(Encoding.UTF8.GetBytes(RuneOf(value).ToString()));
                return;
            case 'q':
                Pad(Encoding.UTF8.GetBytes(QuotedText.OfCharacter(RuneOf(value), asciiOnly: _plus)));
                return;
            case 'U':
                Pad(Encoding.UTF8.GetBytes($"U+{value:X4}"));
                return;
        }

        var magnitude = value < 0 ? (ulong)-(Int128)value : (ulong)value;
        string? digits = verb.Value switch
        {
            'v' or 'd' => magnitude.ToString(CultureInfo.InvariantCulture),
            'b' => magnitude.ToString("b", CultureInfo.InvariantCulture),
            'o' or 'O' => Octal(magnitude),
            'x' => magnitude.ToString("x", CultureInfo.InvariantCulture),
            'X' => magnitude.ToString("X", CultureInfo.InvariantCulture),
            _ => null,
        };
        if (digits is null)
        {
            WriteMisfit(integer, verb);
            return;
        }

        if (_precision == 0 && value == 0)
        {
            _text.Fill((byte)' ', _width ?? 0);
            return;
        }

        var sign = value < 0 ? "-" : _plus && verb.Value != 'v' ? "+" : _space ? " " : "";
        var zeros = _precision ?? (_zero && _width is { } width ? width - sign.Length : 0);
        _budget.SpendText(Math.Max(zeros, 0));
        var number = sign + (verb.Value == 'O' ? "0o" : "") + digits.PadLeft(Math.Max(zeros, 0), '0');
        _zero = false;
        Pad(Encoding.UTF8.GetBytes(number));
    }

    private static string Octal(ulong value)
    {
        var digits = new StringBuilder();
        do
        {
            digits.Insert(0, (char)('0' + (int)(value & 7)));
            value >>= 3;
        }
        while (value != 0);

        return digits.ToString();
    }

    private void WriteFloat(FloatValue number, Rune verb)
    {
        if (verb.Value is not ('v' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G'))
        {
            WriteMisfit(number, verb);
            return;
        }

        var kind = verb.Value == 'v' ? 'g' : (char)verb.Value;
        var precision = _precision ?? (kind is 'g' or 'G' ? null : 6);
        _budget.SpendText(precision ?? 0);
        var text = FloatText.Format(number.Value, kind, precision);
        var isFinite = double.IsFinite(number.Value);
        text = text.TrimStart('+');
        if (text[0] != '-' && ((_plus && verb.Value != 'v') || _space || double.IsPositiveInfinity(number.Value)))
        {
            text = (_space && !_plus ? " " : "+") + text;
        }

        if (isFinite && _zero && _width is { } width && width > text.Length && !char.IsAsciiDigit(text[0]))
        {
            _text.Write(text[..1]);
            _text.Fill((byte)'0', width - text.Length);
            _text.Write(text[1..]);
            return;
        }

        _zero &= isFinite;
        Pad(Encoding.UTF8.GetBytes(text));
    }

    private void WriteMisfit(TemplateValue value, Rune verb)
    {
        _text.Write($"%!{verb}(");
        _text.Write(value.TypeName);
        _text.Write((byte)'=');
        // The flags and the width count in the mark too.
        _precision = null;
        if (value is TextValue or IntegerValue or FloatValue or BooleanValue)
        {
            WriteOperand(value, new Rune('v'));
        }
        else
        {
            ValueText.Write(value, _text, _budget);
        }

        _text.Write((byte)')');
    }

    private void Pad(ReadOnlySpan<byte> text)
    {
        var missing = 0;
        if (_width is { } width)
        {
            missing = Math.Max(0, width - QuotedText.CountCharacters(text));
        }

        if (!_minus)
        {
            _text.Fill(_zero ? (byte)'0' : (byte)' ', missing);
        }

        _text.Write(text);
        if (_minus)
        {
            _text.Fill((byte)' ', missing);
        }
    }

    private static Rune RuneOf(long value) => value is >= 0 and <= 0x10FFFF && Rune.IsValid((int)value) ? new((int)value) : Rune.ReplacementChar;

    private static bool IsNothing(TemplateValue value) => ReferenceEquals(value, TemplateValue.None) || ReferenceEquals(value, TemplateValue.Nil);
}
