using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.RegularExpressions;
using GGLib.Configuration.Files;

namespace GGLib.Configuration.Values;

/// <summary>A text, of a certain form where there is one.</summary>
/// <param name="expected">What it must be.</param>
/// <param name="pattern">The form, as both .NET and JSON schemas read it; null: any.</param>
internal sealed class TextRule(string expected, [StringSyntax(StringSyntaxAttribute.Regex)] string? pattern = null) : ValueRule<string>
{
    private readonly Regex? _form = pattern is null ? null : new(pattern, RegexOptions.CultureInvariant);

    public override string Expected => expected;

    public override bool TryRead(FileValue value, [MaybeNullWhen(false)] out string result)
    {
        result = null;
        return value.Kind is JsonValueKind.String && TryRead(value.Text, out result);
    }

    public override bool TryRead(string text, out string result)
    {
        result = text;
        return _form?.IsMatch(text) ?? true;
    }

    public override string Show(string value) => value;

    public override void Write(Utf8JsonWriter writer, string value) => writer.WriteStringValue(value);

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type"u8, "string"u8);
        if (pattern is not null)
        {
            writer.WriteString("pattern"u8, pattern);
        }
    }
}
