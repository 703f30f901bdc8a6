namespace GGLib.Bench.Load;

/// <summary>How a streamed answer is cut into events.</summary>
internal enum Dialect
{
    /// <summary>Server-sent events of <c>/v1/chat/completions</c>: a role, the tokens, a finish, <c>[DONE]</c>.</summary>
    Events,

    /// <summary>Ollama's lines: the tokens, and the line that says it is done.</summary>
    Lines,

    /// <summary>Named events of <c>/v1/responses</c>: four before the tokens and four after them, of which the last is <c>response.completed</c>.</summary>
    Responses,

    /// <summary>Named events of <c>/v1/messages</c>: two before the tokens and three after them, of which the last is <c>message_stop</c>.</summary>
    Messages,
}
