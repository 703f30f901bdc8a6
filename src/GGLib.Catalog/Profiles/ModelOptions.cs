using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using GGLib.Catalog.Modelfiles;

namespace GGLib.Catalog;

/// <summary>The options that a model or a request may set, and how a Modelfile writes them. Source: Ollama's <c>docs/modelfile.md</c> and <c>api/types.go</c>.</summary>
public static class ModelOptions
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly FrozenDictionary<string, OptionKind> Known = new Dictionary<string, OptionKind>(StringComparer.Ordinal)
    {
        ["num_ctx"] = OptionKind.Integer,
        ["num_batch"] = OptionKind.Integer,
        ["num_gpu"] = OptionKind.Integer,
        ["main_gpu"] = OptionKind.Integer,
        ["use_mmap"] = OptionKind.Boolean,
        ["num_thread"] = OptionKind.Integer,
        ["draft_num_predict"] = OptionKind.Integer,
        ["num_keep"] = OptionKind.Integer,
        ["seed"] = OptionKind.Integer,
        ["num_predict"] = OptionKind.Integer,
        ["top_k"] = OptionKind.Integer,
        ["top_p"] = OptionKind.Float,
        ["min_p"] = OptionKind.Float,
        ["typical_p"] = OptionKind.Float,
        ["repeat_last_n"] = OptionKind.Integer,
        ["temperature"] = OptionKind.Float,
        ["repeat_penalty"] = OptionKind.Float,
        ["presence_penalty"] = OptionKind.Float,
        ["frequency_penalty"] = OptionKind.Float,
        ["stop"] = OptionKind.Strings,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // What Ollama has dropped: old Modelfiles are full of them, and they say nothing any more.
    private static readonly FrozenSet<string> Dropped = new[]
    {
        "penalize_newline", "low_vram", "f16_kv", "logits_all", "vocab_only", "use_mlock", "mirostat", "mirostat_tau", "mirostat_eta", "tfs_z", "numa",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The type of a known option's value.</summary>
    public static bool TryKind(string name, out OptionKind kind) => Known.TryGetValue(name, out kind);

    /// <summary>The options of <c>PARAMETER</c> lines as an object, names sorted, each with a value of its type.</summary>
    /// <param name="lines">The lines; of an option that is no list the last wins.</param>
    /// <param name="problem">Why there is none, in Ollama's words.</param>
    /// <returns>Null when there is a problem, or no line says anything.</returns>
    public static JsonElement? Parse(IEnumerable<ModelfileParameter> lines, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(lines);
        problem = null;
        var values = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (name, value) in lines)
        {
            if (Dropped.Contains(name))
            {
                continue;
            }

            if (!Known.TryGetValue(name, out var kind))
            {
                problem = $"unknown parameter '{name}'";
                return null;
            }

            if (kind is not OptionKind.Strings && !TryText(kind, value, out _))
            {
                problem = kind switch
                {
                    OptionKind.Integer => $"invalid int value [{value}]",
                    OptionKind.Float => $"invalid float value [{value}]",
                    _ => $"invalid bool value [{value}]",
                };
                return null;
            }

            var given = values.TryGetValue(name, out var before) && kind is OptionKind.Strings ? before : [];
            given.Add(value);
            values[name] = given;
        }

        return values.Count == 0 ? null : Compose(writer =>
        {
            foreach (var (name, texts) in values)
            {
                writer.WritePropertyName(name);
                if (Known[name] is OptionKind.Strings)
                {
                    writer.WriteStartArray();
                    texts.ForEach(writer.WriteStringValue);
                    writer.WriteEndArray();
                }
                else
                {
                    TryText(Known[name], texts[0], out var json);
                    writer.WriteRawValue(json!);
                }
            }
        });
    }

    /// <summary>The options as <c>PARAMETER</c> lines, names sorted, a line for each element of a list.</summary>
    public static ImmutableArray<ModelfileParameter> Lines(JsonElement options) =>
    [
        .. options.EnumerateObject()
            .OrderBy(static option => option.Name, StringComparer.Ordinal)
            .SelectMany(static option => Values(option.Value).Select(value => new ModelfileParameter(option.Name, value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText()))),
    ];

    /// <summary>Two sets of options as one, names sorted: where both set one, <paramref name="upper"/> counts.</summary>
    public static JsonElement? Over(JsonElement? upper, JsonElement? lower)
    {
        if (upper is not { } above || lower is not { } below)
        {
            return upper ?? lower;
        }

        var merged = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var option in below.EnumerateObject().Concat(above.EnumerateObject()))
        {
            merged[option.Name] = option.Value;
        }

        return Compose(writer =>
        {
            foreach (var (name, value) in merged)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        });
    }

    private static JsonElement[] Values(JsonElement value) => value.ValueKind is JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];

    private static JsonElement Compose(Action<Utf8JsonWriter> write)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Relaxed))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(bytes.WrittenMemory);
        return document.RootElement.Clone();
    }

    private static bool TryText(OptionKind kind, string value, [NotNullWhen(true)] out string? json)
    {
        json = kind switch
        {
            OptionKind.Integer when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole.ToString(CultureInfo.InvariantCulture),
            OptionKind.Float when float.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number) => number.ToString("R", CultureInfo.InvariantCulture),
            OptionKind.Boolean when value is "true" or "1" or "t" or "T" or "TRUE" or "True" => "true",
            OptionKind.Boolean when value is "false" or "0" or "f" or "F" or "FALSE" or "False" => "false",
            _ => null,
        };
        return json is not null;
    }
}
