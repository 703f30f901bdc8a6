using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline.Messages;

/// <summary>
/// The calls of a turn that have no result so far. Adding a call and finding the call of a result take constant time on average, because a client decides how many there are. Not thread-safe.
/// </summary>
internal sealed class OpenCalls
{
    private readonly List<(int Message, int Call)> _calls = [];
    private readonly HashSet<int> _taken = [];
    private readonly Dictionary<string, Queue<int>> _byId = new(StringComparer.Ordinal);
    private readonly Order _all = new();
    private readonly Order _withoutId = new();

    public void Clear()
    {
        _calls.Clear();
        _taken.Clear();
        _byId.Clear();
        _all.Clear();
        _withoutId.Clear();
    }

    public void Add(int message, int index, ToolCall call)
    {
        var number = _calls.Count;
        _calls.Add((message, index));
        _all.Add(call.Name, number);
        if (call.Id.Length == 0)
        {
            _withoutId.Add(call.Name, number);
        }
        else
        {
            (_byId.TryGetValue(call.Id, out var same) ? same : _byId[call.Id] = new()).Enqueue(number);
        }
    }

    /// <summary>Removes the call that a result answers. An id decides. Without ids, as in Ollama's API, the name decides, and without a match the order.</summary>
    /// <returns>The indexes of the message and of the call in it; null if the result answers none.</returns>
    public (int Message, int Call)? Take(ChatMessage result)
    {
        var number = result.ToolCallId.Length == 0 ? _all.First(result.ToolName, _taken)
            : _byId.TryGetValue(result.ToolCallId, out var same) && Order.First(same, _taken) is { } known ? known
            : _withoutId.First(result.ToolName, _taken);
        if (number is not { } found)
        {
            return null;
        }

        _taken.Add(found);
        return _calls[found];
    }

    /// <summary>Calls in their order, of all names and of each name. Calls that are taken are removed when they are met.</summary>
    private sealed class Order
    {
        private readonly Queue<int> _all = new();
        private readonly Dictionary<string, Queue<int>> _byName = new(StringComparer.Ordinal);

        public void Clear()
        {
            _all.Clear();
            _byName.Clear();
        }

        public void Add(string name, int number)
        {
            _all.Enqueue(number);
            (_byName.TryGetValue(name, out var same) ? same : _byName[name] = new()).Enqueue(number);
        }

        /// <summary>Returns the first open call of this name, or else of any name; null if there is none.</summary>
        public int? First(string name, HashSet<int> taken) => (_byName.TryGetValue(name, out var same) ? First(same, taken) : null) ?? First(_all, taken);

        public static int? First(Queue<int> calls, HashSet<int> taken)
        {
            while (calls.TryPeek(out var number))
            {
                if (!taken.Contains(number))
                {
                    return number;
                }

                calls.Dequeue();
            }

            return null;
        }
    }
}
