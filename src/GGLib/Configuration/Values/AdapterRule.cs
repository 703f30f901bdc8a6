using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using GGLib.Configuration.Files;
using GGLib.Engine.Launching;

namespace GGLib.Configuration.Values;

/// <summary>A LoRA adapter: a whole path, or an object of a path and a scale. llama-server divides its list at commas, and path from scale at a colon.</summary>
internal sealed class AdapterRule : ValueRule<LaunchAdapter>
{
    private const string PathKey = "path";
    private const string ScaleKey = "scale";

    private readonly PathRule _path = new();
    private readonly NumberRule _scale = new(-100, 100);

    public override string Expected => "a whole path without a comma, or an object such as {\"path\": \"/a.gguf\", \"scale\": 0.5}, whose path has no colon either";

    public override bool TryRead(FileValue value, [MaybeNullWhen(false)] out LaunchAdapter result)
    {
        result = null;
        if (value.Kind is not JsonValueKind.Object)
        {
            return value.Kind is JsonValueKind.String && TryRead(value.Text, out result);
        }

        var scale = 1.0;
        string? path = null;
        foreach (var member in value.Members)
        {
            if (!(member.Name == PathKey ? _path.TryRead(member.Value, out path) : member.Name == ScaleKey && _scale.TryRead(member.Value, out scale)))
            {
                return false;
            }
        }

        return TryMake(path, scale, out result);
    }

    public override bool TryRead(string text, [MaybeNullWhen(false)] out LaunchAdapter result)
    {
        result = null;
        return _path.TryRead(text, out var path) && TryMake(path, 1, out result);
    }

    public override string Show(LaunchAdapter value) => value.Scale == 1 ? value.Path : $"{value.Path} × {value.Scale.ToString(CultureInfo.InvariantCulture)}";

    public override void Write(Utf8JsonWriter writer, LaunchAdapter value)
    {
        writer.WriteStartObject();
        writer.WriteString(PathKey, value.Path);
        writer.WriteNumber(ScaleKey, value.Scale);
        writer.WriteEndObject();
    }

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("anyOf"u8);
        writer.WriteStartObject();
        _path.WriteSchema(writer);
        writer.WriteEndObject();
        writer.WriteStartObject();
        writer.WriteString("type"u8, "object"u8);
        writer.WriteStartObject("properties"u8);
        writer.WriteStartObject(PathKey);
        _path.WriteSchema(writer);
        writer.WriteEndObject();
        writer.WriteStartObject(ScaleKey);
        _scale.WriteSchema(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartArray("required"u8);
        writer.WriteStringValue(PathKey);
        writer.WriteEndArray();
        writer.WriteBoolean("additionalProperties"u8, false);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static bool TryMake(string? path, double scale, [MaybeNullWhen(false)] out LaunchAdapter result)
    {
        var isFit = path is not null && !path.Contains(',', StringComparison.Ordinal) && (scale == 1 || !path.Contains(':', StringComparison.Ordinal));
        result = isFit ? new(path!, scale) : null;
        return isFit;
    }
}
