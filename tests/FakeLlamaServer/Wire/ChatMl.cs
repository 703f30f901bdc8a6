using System.Text;
using System.Text.Json;

namespace FakeLlama.Wire;

/// <summary>The one template the fake knows. Tools are not rendered.</summary>
internal static class ChatMl
{
    public static string Render(JsonElement messages)
    {
        var prompt = new StringBuilder();
        foreach (var message in messages.EnumerateArray())
        {
            var role = message.TryGetProperty("role", out var given) ? given.GetString() : "user";
            prompt.Append("<|im_start|>").Append(role).Append('\n').Append(Content(message)).Append("<|im_end|>\n");
        }

        return prompt.Append("<|im_start|>assistant\n").ToString();
    }

    public static bool Has(JsonElement messages, string partType) => messages.EnumerateArray()
        .Where(message => message.TryGetProperty("content", out var content) && content.ValueKind is JsonValueKind.Array)
        .SelectMany(message => message.GetProperty("content").EnumerateArray())
        .Any(part => part.TryGetProperty("type", out var type) && type.ValueEquals(partType));

    private static string Content(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content))
        {
            return "";
        }

        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Concat(content.EnumerateArray()
                .Select(part => part.TryGetProperty("text", out var text) ? text.GetString() : "<__media__>")),
            _ => "",
        };
    }
}
