using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using GGLib.Configuration.Files;
using GGLib.Engine.Launching;

namespace GGLib.Configuration.Values;

/// <summary>A list of LoRA adapters: whole paths, or objects of a path and a scale. llama-server divides its list at commas, and path from scale at a colon.</summary>
internal sealed class AdaptersRule : ValueRule<IReadOnlyList<LaunchAdapter>>
{
    private const string PathKey = "path";
    private const string ScaleKey = "scale";

    private readonly PathRule _path = new();
    private readonly NumberRule _scale = new(-100, 100);

    public override string Expected => "a list of whole paths without a comma, or of objects such as {\"path\": \"/a.gguf\", \"scale\": 0.5}, whose path has no colon either";

    public override bool TryRead(FileValue value, [MaybeNullWhen(false)] out IReadOnlyList<LaunchAdapter> result)
    {
        var adapters = new List<LaunchAdapter>();
        result = adapters;
        foreach (var item in value.Items)
        {
            if (Adapter(item) is not { } adapter)
            {
                return false;
            }

            adapters.Add(adapter);
        }

        return value.Kind is JsonValueKind.Array;
    }

    public override bool TryRead(string text, out IReadOnlyList<LaunchAdapter> result)
    {
        result = [];
        return text.Length == 0;
    }

    public override FileValue Culprit(FileValue value) => value.Items.FirstOrDefault(item => Adapter(item) is null) ?? value;

    public override string Show(IReadOnlyList<LaunchAdapter> value) =>
        string.Join(", ", value.Select(static adapter => adapter.Scale == 1 ? adapter.Path : $"{adapter.Path} × {adapter.Scale.ToString(CultureInfo.InvariantCulture)}"));

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<LaunchAdapter> value)
    {
        writer.WriteStartArray();
        foreach (var adapter in value)
        {
            writer.WriteStartObject();
            writer.WriteString(PathKey, adapter.Path);
            writer.WriteNumber(ScaleKey, adapter.Scale);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type"u8, "array"u8);
        writer.WriteStartObject("items"u8);
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
        writer.WriteEndObject();
    }

    private LaunchAdapter? Adapter(FileValue item)
    {
        var scale = 1.0;
        string? path = null;
        if (item.Kind is JsonValueKind.Object)
        {
            foreach (var member in item.Members)
            {
                if (!(member.Name == PathKey ? _path.TryRead(member.Value, out path) : member.Name == ScaleKey && _scale.TryRead(member.Value, out scale)))
                {
                    return null;
                }
            }
        }
        else
        {
            _path.TryRead(item, out path);
        }

        return path is null || !_path.TryRead(path, out _) || path.Contains(',', StringComparison.Ordinal) || (scale != 1 && path.Contains(':', StringComparison.Ordinal)) ? null : new(path, scale);
    }
}
