using System.Diagnostics.CodeAnalysis;
using GGLib.Server.Failures;
using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline;

/// <summary>The result of reading a request: the request, or why it is invalid.</summary>
/// <param name="Request">The request; null when it is invalid.</param>
/// <param name="Failure">Why it is invalid; null when it is not.</param>
internal readonly record struct ReadRequest(InferenceRequest? Request, InferenceFailure? Failure)
{
    /// <summary>What the dialect's writer needs of the request besides <see cref="Request"/>, for example fields that the answer echoes; null when nothing.</summary>
    public object? Echo { get; init; }

    /// <summary>Whether the dialect must write the answer although its format is the engine's own.</summary>
    public bool IsWritten { get; init; }

    [MemberNotNullWhen(true, nameof(Request))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool IsValid => Request is not null;

    public static implicit operator ReadRequest(InferenceFailure failure) => new(null, failure);

    public static implicit operator ReadRequest(InferenceRequest request) => new(request, null);
}
