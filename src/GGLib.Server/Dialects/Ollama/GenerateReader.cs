using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Pipeline;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Reads <c>POST /api/generate</c>. Source: Ollama's <c>docs/api.md</c>.</summary>
internal static class GenerateReader
{
    public static ReadRequest Read(RequestBody body)
    {
        var fields = new GoObject(body.Json, "GenerateRequest");
        var common = CommonFields.Read(fields);
        var (prompt, suffix, system, template) = (fields.String("prompt"), fields.String("suffix"), fields.String("system"), fields.String("template"));
        var raw = fields.Bool("raw") ?? false;
        IReadOnlyList<int> earlier = [.. fields.Array("context", "[]int").Select(token => Token(token, fields))];
        var images = ImageField.Read(fields, "GenerateRequest");
        if (fields.Error is { } error)
        {
            return new InferenceFailure.InvalidRequest(error) { IsUnreadable = true };
        }

        if (common.Invalid is { } invalid)
        {
            return invalid;
        }

        var request = common.Request;

        var loadsOnly = prompt.Length == 0;
        var isText = raw || suffix.Length > 0;
        return request with
        {
            Verb = "generate",
            Stream = request.Stream && !loadsOnly,
            LoadsOnly = loadsOnly,
            Deferred = raw && (template.Length > 0 || system.Length > 0 || earlier.Count > 0)
                ? new InferenceFailure.InvalidRequest("raw mode does not support template, system, or context")
                : common.OptionFailure ?? (loadsOnly ? null : common.FormatFailure),
            Template = template,
            Prompt = isText ? RawPrompt.Of(prompt) with { Suffix = raw ? "" : suffix } : null,
            Messages = isText || loadsOnly ? [] : [.. Conversation(system, prompt, images)],
            PutsSystemFirst = true,
            EarlierTokens = earlier,
            ReturnsTokens = !raw,
        };
    }

    private static IEnumerable<ChatMessage> Conversation(string system, string prompt, IReadOnlyList<byte[]> images)
    {
        if (system.Length > 0)
        {
            yield return ChatMessage.Of("system", system);
        }

        yield return new ChatMessage { Role = "user", Parts = [.. ContentPart.Of(prompt), .. images.Select(MediaFile.PartOf)] };
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
