using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline.Messages;

/// <summary>A small conversation in which each text is a word that no template contains. Immutable.</summary>
internal sealed class ProbeConversation
{
    private const string Tool = "lookup";

    private readonly List<string> _words = [];
    private readonly List<string> _callWords = [];
    private readonly List<ChatMessage> _messages = [];

    /// <param name="roles">One character per message: <c>s</c> system, <c>u</c> user, <c>a</c> assistant, <c>c</c> a tool call, <c>d</c> two tool calls, <c>t</c> the result of the next call without a result.</param>
    /// <param name="hasShortIds">Whether the ids of calls are nine letters and digits.</param>
    public ProbeConversation(string roles, bool hasShortIds = false)
    {
        var open = new Queue<string>();
        for (var index = 0; index < roles.Length; index++)
        {
            var number = (char)('a' + index);
            var word = $"zq{number}vxu";
            switch (roles[index])
            {
                case 'c' or 'd':
                    _callWords.Add(word);
                    var calls = Enumerable.Range(0, roles[index] == 'd' ? 2 : 1).Select(call => IdOf($"{number}{call}")).ToList();
                    calls.ForEach(open.Enqueue);
                    _messages.Add(new() { Role = "assistant", ToolCalls = [.. calls.Select(id => new ToolCall(id, Tool, $$"""{"name":"{{word}}"}"""))] });
                    break;
                case 't':
                    _words.Add(word);
                    _messages.Add(ChatMessage.Of("tool", word) with { ToolName = Tool, ToolCallId = open.TryDequeue(out var answered) ? answered : IdOf($"{number}9") });
                    break;
                default:
                    _words.Add(word);
                    _messages.Add(ChatMessage.Of(roles[index] switch { 's' => "system", 'u' => "user", _ => "assistant" }, word));
                    break;
            }
        }

        string IdOf(string suffix) => hasShortIds ? $"abcdefg{suffix}" : $"call_0123456789abcdefghij{suffix}";
    }

    public IReadOnlyList<ChatMessage> Messages => _messages;

    /// <summary>Returns whether a rendering contains the arguments of every call.</summary>
    public bool ShowsCallsIn(string rendering) => _callWords.TrueForAll(word => rendering.Contains(word, StringComparison.Ordinal));

    /// <summary>Whether a rendering contains every word, in order. The arguments of calls do not count: many published templates leave out the calls of earlier messages.</summary>
    public bool IsCompleteIn(string rendering)
    {
        var start = 0;
        foreach (var word in _words)
        {
            var found = rendering.IndexOf(word, start, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            start = found + word.Length;
        }

        return true;
    }
}
