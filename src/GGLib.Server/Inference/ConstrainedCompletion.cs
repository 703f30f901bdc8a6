using System.Text.Json;
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
        var rendered = await EngineClient.PostAsync(runner, "/apply-template", template, cancellation).ConfigureAwait(false);
        if (rendered.Problem is not null)
        {
            return rendered;
        }

        using var response = rendered.Response!;
        string? prompt;
        try
        {
            prompt = PromptOf(await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new(null, new(500, await EngineClient.DeathMessageAsync(runner, exception.Message).ConfigureAwait(false)));
        }

        return prompt is null
            ? new(null, new(500, "the engine did not render the prompt"))
            : await EngineClient.PostAsync(runner, "/completion", completion(prompt), cancellation).ConfigureAwait(false);
    }

    private static string? PromptOf(byte[] answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            return document.RootElement.GetProperty("prompt"u8).GetString();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
