namespace GGLib.Server.Dialects.Anthropic;

/// <summary>A model as Anthropic's model list shows it.</summary>
/// <param name="Id">The name that requests use.</param>
/// <param name="DisplayName">The name for people.</param>
/// <param name="CreatedAt">When the model was added or changed.</param>
/// <param name="ContextLength">The context in tokens that a request gets; null when unknown.</param>
internal sealed record AnthropicModel(string Id, string DisplayName, DateTimeOffset CreatedAt, int? ContextLength);
