namespace GGLib.Server.ToolCalls;

/// <summary>A tool call that a model wrote. Immutable.</summary>
/// <param name="Id">The call's id.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">The arguments as the model wrote them: usually, but not always, the text of a JSON object.</param>
internal sealed record HeldCall(string Id, string Name, string Arguments);
