namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>
/// The responses that <c>previous_response_id</c>, <c>item_reference</c> and <c>GET /v1/responses/{id}</c> find. Only in memory, because conversations are private. Bounded by count and by bytes: the
/// least recently used response is removed first. Thread-safe.
/// </summary>
internal sealed class ResponseStore(int maxCount, long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<StoredResponse>> _responses = new(StringComparer.Ordinal);
    private readonly LinkedList<StoredResponse> _byUse = new();

    // The newest response that contains an item: a client that refers to items keeps the newest conversation alive.
    private readonly Dictionary<string, (StoredItem Item, LinkedListNode<StoredResponse> Owner)> _items = new(StringComparer.Ordinal);
    private long _bytes;

    public ResponseStore(ServerOptions options)
        : this(options.StoredResponses, options.StoredResponsesBytes)
    {
    }

    /// <summary>Whether responses are stored at all.</summary>
    public bool IsEnabled => maxCount > 0 && maxBytes > 0;

    /// <summary>Returns a response and counts as its use; null if it is unknown or was removed.</summary>
    public StoredResponse? Find(string id)
    {
        lock (_lock)
        {
            return _responses.TryGetValue(id, out var node) ? Use(node) : null;
        }
    }

    /// <summary>Returns an item of any stored response and counts as a use of it; null if there is none.</summary>
    public StoredItem? FindItem(string id)
    {
        lock (_lock)
        {
            if (!_items.TryGetValue(id, out var found))
            {
                return null;
            }

            Use(found.Owner);
            return found.Item;
        }
    }

    /// <summary>Stores a response, and removes the least recently used ones beyond the limits. A response that is larger than the whole store is not stored.</summary>
    public void Add(StoredResponse response)
    {
        if (!IsEnabled || response.Bytes > maxBytes)
        {
            return;
        }

        lock (_lock)
        {
            var node = _byUse.AddFirst(response);
            _responses[response.Id] = node;
            _bytes += response.Bytes;
            foreach (var item in response.Input.Concat(response.Output).Where(static item => item.IsReferable))
            {
                _items[item.Id] = (item, node);
            }

            while (_byUse.Count > maxCount || _bytes > maxBytes)
            {
                Remove(_byUse.Last!);
            }
        }
    }

    /// <summary>Removes a response.</summary>
    /// <returns>Whether it was stored.</returns>
    public bool Remove(string id)
    {
        lock (_lock)
        {
            if (!_responses.TryGetValue(id, out var node))
            {
                return false;
            }

            Remove(node);
            return true;
        }
    }

    private StoredResponse Use(LinkedListNode<StoredResponse> node)
    {
        _byUse.Remove(node);
        _byUse.AddFirst(node);
        return node.Value;
    }

    private void Remove(LinkedListNode<StoredResponse> node)
    {
        _byUse.Remove(node);
        _responses.Remove(node.Value.Id);
        _bytes -= node.Value.Bytes;
        foreach (var item in node.Value.Input.Concat(node.Value.Output))
        {
            if (_items.TryGetValue(item.Id, out var found) && ReferenceEquals(found.Owner, node))
            {
                _items.Remove(item.Id);
            }
        }
    }
}
