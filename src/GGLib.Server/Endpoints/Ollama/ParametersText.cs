using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GGLib.Server.Endpoints.Ollama;

/// <summary>A model's default options as <c>/api/show</c> gives them.</summary>
internal static class ParametersText
{
    private const int NameWidth = 30;

    /// <summary>A line each, the name padded, texts quoted, a line for each element of a list.</summary>
    public static string Columns(JsonElement options) => Lines(options, static (name, value) => $"{name.PadRight(NameWidth)} {value}");

    /// <summary>The same as lines of a Modelfile.</summary>
    public static string Modelfile(JsonElement options) => Lines(options, static (name, value) => $"PARAMETER {name} {value}");

    private static string Lines(JsonElement options, Func<string, string, string> line)
    {
        var text = new StringBuilder();
        foreach (var option in options.EnumerateObject())
        {
            IEnumerable<JsonElement> values = option.Value.ValueKind is JsonValueKind.Array ? option.Value.EnumerateArray() : [option.Value];
            foreach (var value in values)
            {
                text.Append(text.Length > 0 ? "\n" : "").Append(line(option.Name, Text(value)));
            }
        }

        return text.ToString();
    }

    private static string Text(JsonElement value) => value.ValueKind is JsonValueKind.String
        ? $"\"{JsonEncodedText.Encode(value.GetString()!, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\""
        : value.GetRawText();
}
