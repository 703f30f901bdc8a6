namespace GGLib.Server.Inference;

/// <summary>The engine's answer to a request, or what went wrong: exactly one of the two.</summary>
internal readonly record struct EngineReply(HttpResponseMessage? Response, EngineProblem? Problem);
