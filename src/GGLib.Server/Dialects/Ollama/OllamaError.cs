using System.Text.Encodings.Web;
using System.Text.Json;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>A refusal as Ollama's API words it: <c>{"error":"message"}</c> with a status.</summary>
internal sealed record OllamaError(int Status, string Message)
{
    public static OllamaError BadRequest(string message) => new(400, message);

    public static OllamaError ModelNotFound(string name) => new(404, $"model '{name}' not found");

    /// <summary>The embedding endpoints word it differently.</summary>
    public static OllamaError ModelNotFoundForEmbedding(string name) => new(404, $"model {Quoted(name)} not found, try pulling it first");

    /// <summary>A text in quotation marks, with what must not stand between them escaped.</summary>
    public static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
