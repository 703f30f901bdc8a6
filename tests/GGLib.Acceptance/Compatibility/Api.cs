namespace GGLib.Acceptance.Compatibility;

/// <summary>The APIs that answer a conversation.</summary>
public enum Api
{
    OllamaChat,
    ChatCompletions,
    Responses,
    Messages,
}
