using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using GGLib.Configuration.Files;

namespace GGLib.Configuration.Values;

/// <summary>A file, by its whole path; <c>~/</c> is the user's folder. Whether it is there is seen when it is needed: a disk may come later.</summary>
internal sealed class PathRule : ValueRule<string>
{
    public override string Expected => "the whole path of a file";

    public override bool TryRead(FileValue value, [MaybeNullWhen(false)] out string result)
    {
        result = null;
        return value.Kind is JsonValueKind.String && TryRead(value.Text, out result);
    }

    public override bool TryRead(string text, [MaybeNullWhen(false)] out string result)
    {
        result = text.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), text[2..]) : text;
        return Path.IsPathFullyQualified(result) && !result.Contains('\0', StringComparison.Ordinal);
    }

    public override string Show(string value) => value;

    public override void Write(Utf8JsonWriter writer, string value) => writer.WriteStringValue(value);

    public override void WriteSchema(Utf8JsonWriter writer) => writer.WriteString("type"u8, "string"u8);
}
