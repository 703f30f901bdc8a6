using System.Text;
using System.Text.Json;
using GGLib.Server.Json;

namespace GGLib.Server.Streaming;

/// <summary>Describes how a model writes tool calls in its text: JSON objects with a tool's name and arguments after a marker. Immutable.</summary>
/// <param name="mark">The marker; empty if a call starts with the object itself.</param>
/// <param name="tools">The names of the tools.</param>
internal sealed class ToolCallText(string mark, IReadOnlySet<string> tools)
{
    /// <summary>Creates the description for the tools of a request; null if there are no tools.</summary>
    /// <param name="mark">The marker before calls.</param>
    /// <param name="tools">The tools as a JSON array; or null.</param>
    public static ToolCallText? For(string mark, JsonElement? tools) => tools is { ValueKind: JsonValueKind.Array } given && given.GetArrayLength() > 0
        ? new(mark, given.EnumerateArray().Select(NameOf).OfType<string>().ToHashSet(StringComparer.Ordinal))
        : null;

    /// <summary>The marker as escaped text.</summary>
    public ReadOnlyMemory<byte> Mark { get; } = EscapedText.From(mark);

    /// <summary>Whether the marker is empty.</summary>
    public bool IsBare => Mark.IsEmpty;

    /// <summary>Returns the complete calls of known tools in a text. Arguments are the text of a JSON object.</summary>
    public IReadOnlyList<(string Name, string Arguments)> Read(string text)
    {
        var found = new List<(string, string)>();
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] != (byte)'{' || ReadValue(bytes.AsSpan(at), out var length) is not { } value)
            {
                continue;
            }

            using (value)
            {
                if (CallOf(value.RootElement) is { } call)
                {
                    found.Add(call);
                    at += length - 1;
                }
            }
        }

        return found;
    }

    private static JsonDocument? ReadValue(ReadOnlySpan<byte> bytes, out int length)
    {
        var reader = new Utf8JsonReader(bytes);
        try
        {
            var value = JsonDocument.ParseValue(ref reader);
            length = (int)reader.BytesConsumed;
            return value;
        }
        catch (JsonException)
        {
            length = 0;
            return null;
        }
    }

    private static string? NameOf(JsonElement tool) =>
        tool.ValueKind is JsonValueKind.Object && tool.TryGetProperty("function"u8, out var function) && function.ValueKind is JsonValueKind.Object
        && function.TryGetProperty("name"u8, out var name) && name.ValueKind is JsonValueKind.String ? name.GetString() : null;

    private (string, string)? CallOf(JsonElement value) =>
        value.TryGetProperty("name"u8, out var name) && name.ValueKind is JsonValueKind.String && tools.Contains(name.GetString()!)
        && (value.TryGetProperty("arguments"u8, out var arguments) || value.TryGetProperty("parameters"u8, out arguments)) && arguments.ValueKind is JsonValueKind.Object
            ? (name.GetString()!, arguments.GetRawText())
            : null;
}
