using System.Text.Json;
using GGLib.Client.Wire;

namespace GGLib.Chat;

/// <summary>What has been said, and how answers are to be made.</summary>
internal sealed class Conversation(string model)
{
    private readonly List<ChatMessage> _messages = [];

    public string Model { get; private set; } = model;

    public string? System { get; set; }

    /// <summary>True, false or a level; null leaves it to the model.</summary>
    public JsonElement? Think { get; set; }

    public JsonElement? Format { get; set; }

    public JsonElement? KeepAlive { get; init; }

    /// <summary>Options of the model, by their names in the API.</summary>
    public Dictionary<string, JsonElement> Options { get; } = [];

    /// <summary>Whether every answer is followed by its timings.</summary>
    public bool Verbose { get; set; }

    public bool HideThinking { get; init; }

    public IReadOnlyList<ChatMessage> Messages => _messages;

    /// <summary>Another model, and nothing said yet.</summary>
    public void Switch(string model)
    {
        Model = model;
        Clear();
    }

    public void Clear() => _messages.Clear();

    /// <summary>The next question, with everything before it.</summary>
    public ChatQuestion Ask(ChatMessage message) => new()
    {
        Model = Model,
        Messages = [.. System is { Length: > 0 } system ? [new ChatMessage { Role = "system", Content = system }] : Array.Empty<ChatMessage>(), .. _messages, message],
        Think = Think,
        Format = Format,
        KeepAlive = KeepAlive,
        Options = Options.Count > 0 ? Options : null,
    };

    /// <summary>A question was answered, if only in part.</summary>
    public void Answered(ChatMessage question, string answer)
    {
        _messages.Add(question);
        _messages.Add(new ChatMessage { Role = "assistant", Content = answer });
    }
}
