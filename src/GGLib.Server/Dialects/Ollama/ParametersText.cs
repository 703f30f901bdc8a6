using System.Text.Encodings.Web;
using System.Text.Json;
using GGLib.Catalog;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>A model's default options as <c>/api/show</c> gives them.</summary>
internal static class ParametersText
{
    private const int NameWidth = 30;

    /// <summary>A line each, the name padded, texts quoted, a line for each element of a list.</summary>
    public static string Columns(JsonElement options) => string.Join('\n', ModelOptions.Lines(options).Select(static line =>
        $"{line.Name.PadRight(NameWidth)} {(ModelOptions.TryKind(line.Name, out var kind) && kind is not OptionKind.Strings ? line.Value : Quoted(line.Value))}"));

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
