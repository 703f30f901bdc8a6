namespace GGLib.Server.Inference;

/// <summary>A request that the engine did not answer.</summary>
/// <param name="Status">The HTTP status for the client.</param>
/// <param name="Message">For people.</param>
/// <param name="Type">llama-server's name for the kind of error, or null.</param>
/// <param name="MayRepeat">Whether asking again can do no harm: the engine never saw the request, or lives on without it.</param>
internal sealed record EngineProblem(int Status, string Message, string? Type = null, bool MayRepeat = false)
{
    /// <summary>Whether the prompt is longer than the context.</summary>
    public bool IsTooLong => Type is "exceed_context_size_error";
}
