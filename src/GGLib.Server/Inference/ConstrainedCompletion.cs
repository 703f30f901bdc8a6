using GGLib.Engine.Processes;

namespace GGLib.Server.Inference;

/// <summary>
/// A second way to a schema's answer. For some models' templates llama-server (seen in 0.7.0) cannot set up the grammar on its chat endpoint: the grammar is fed the text that
/// begins the assistant's turn, and does not allow it. The refusal comes before anything is computed. <c>/completion</c> over the rendered text feeds it nothing.
/// </summary>
internal static class ConstrainedCompletion
{
    /// <summary>Whether the engine's refusal is the one that this gets round.</summary>
    public static bool Helps(EngineProblem problem) =>
        problem.Status == 400 && problem.Message.StartsWith("Failed to initialize samplers", StringComparison.Ordinal);

    /// <summary>Renders the chat and asks for its completion.</summary>
    /// <param name="runner">The runner.</param>
    /// <param name="template">The body of <c>/apply-template</c>.</param>
    /// <param name="completion">Makes the body of <c>/completion</c> from the prompt's text.</param>
    /// <param name="cancellation">Given up.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static async Task<EngineReply> PostAsync(IRunner runner, ReadOnlyMemory<byte> template, Func<string, byte[]> completion, CancellationToken cancellation)
    {
        var (prompt, problem) = await EngineText.ApplyTemplateAsync(runner, template, cancellation).ConfigureAwait(false);
        return prompt is null
            ? new(null, problem)
            : await EngineClient.PostAsync(runner, "/completion", completion(prompt), cancellation).ConfigureAwait(false);
    }
}
