namespace GGLib.Server.Pipeline;

/// <summary>Why a request is not relayed; its status is 400.</summary>
/// <param name="Message">For people.</param>
/// <param name="IsOfModel">Whether the request is well-formed and the model cannot do it: the content type of Ollama's answer tells the two apart.</param>
internal sealed record RelayRefusal(string Message, bool IsOfModel = false);
