using System.Text;
using FakeLlama.Script;
using static FakeLlama.Wire.JsonText;

namespace FakeLlama.Answers;

/// <summary>Puts tool call fragments together, as llama-server does when it does not stream.</summary>
internal static class ToolCalls
{
    public static string Merge(IEnumerable<FakeChunk> chunks)
    {
        var calls = new SortedDictionary<int, (string Id, string Name, StringBuilder Arguments)>();
        foreach (var fragment in chunks.Where(chunk => chunk.ToolCalls is not null).SelectMany(chunk => chunk.ToolCalls!.Value.EnumerateArray()))
        {
            var index = fragment.TryGetProperty("index", out var at) ? at.GetInt32() : calls.Count;
            var call = calls.GetValueOrDefault(index, (Id: "", Name: "", Arguments: new StringBuilder()));
            call.Id = fragment.TryGetProperty("id", out var id) ? id.GetString()! : call.Id;
            if (fragment.TryGetProperty("function", out var function))
            {
                call.Name = function.TryGetProperty("name", out var name) ? name.GetString()! : call.Name;
                call.Arguments.Append(function.TryGetProperty("arguments", out var arguments) ? arguments.GetString() : "");
            }

            calls[index] = call;
        }

        return calls.Count == 0 ? "" : $$""","tool_calls":[{{string.Join(',', calls.Values.Select(Text))}}]""";
    }

    private static string Text((string Id, string Name, StringBuilder Arguments) call) =>
        $$"""{"type":"function","function":{"name":{{Quote(call.Name)}},"arguments":{{Quote(call.Arguments.ToString())}}},"id":{{Quote(call.Id)}}}""";
}
