using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary><c>POST /api/generate</c>. Source: Ollama's <c>docs/api.md</c>.</summary>
internal sealed record GenerateRequest
{
    public required InferenceFields Common { get; init; }

    public required string Prompt { get; init; }

    /// <summary>The text after the gap, for filling in.</summary>
    public required string Suffix { get; init; }

    public required string System { get; init; }

    public required string Template { get; init; }

    /// <summary>Whether the prompt goes to the model untouched.</summary>
    public required bool Raw { get; init; }

    /// <summary>Tokens of an earlier answer.</summary>
    public required IReadOnlyList<int> Context { get; init; }

    public required IReadOnlyList<byte[]> Images { get; init; }

    public static GenerateRequest? Read(JsonElement value, out string? error)
    {
        var request = new GoObject(value, "GenerateRequest");
        var read = new GenerateRequest
        {
            Common = InferenceFields.Read(request),
            Prompt = request.String("prompt"),
            Suffix = request.String("suffix"),
            System = request.String("system"),
            Template = request.String("template"),
            Raw = request.Bool("raw") ?? false,
            Context = [.. request.Array("context", "[]int").Select(token => Token(token, request))],
            Images = ImageField.Read(request, "GenerateRequest"),
        };
        error = request.Error;
        return error is null ? read : null;
    }

    private static int Token(JsonElement value, GoObject request)
    {
        if (value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var token))
        {
            return token;
        }

        request.Fail("json: cannot unmarshal an element into Go struct field GenerateRequest.context of type int");
        return 0;
    }
}
