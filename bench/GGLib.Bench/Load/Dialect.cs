namespace GGLib.Bench.Load;

/// <summary>How a streamed answer is cut into events.</summary>
internal enum Dialect
{
    /// <summary>Server-sent events of <c>/v1/chat/completions</c>: a role, the tokens, a finish, <c>[DONE]</c>.</summary>
    Events,

    /// <summary>Ollama's lines: the tokens, and the line that says it is done.</summary>
    Lines,
}
