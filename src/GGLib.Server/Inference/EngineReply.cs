using GGLib.Server.Failures;

namespace GGLib.Server.Inference;

/// <summary>The engine's response to a request, or why there is none: exactly one of the two.</summary>
internal readonly record struct EngineReply(HttpResponseMessage? Response, InferenceFailure? Failure)
{
    public static implicit operator EngineReply(InferenceFailure failure) => new(null, failure);
}
