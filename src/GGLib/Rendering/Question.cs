using GGLib.Configuration;

namespace GGLib.Rendering;

/// <summary>A question that is answered with yes or no.</summary>
internal static class Question
{
    /// <summary>Asks. Enter alone means yes; the end of input means no.</summary>
    public static async Task<bool> AskAsync(Surroundings around, string question, CancellationToken cancellation)
    {
        around.Screen.Write($"{question} [Y/n] ");

        // Reading a line knows no cancelling; Ctrl-C must not wait for Enter.
        string? answer = null;
        try
        {
            answer = await Task.Run(around.Input.ReadLine, CancellationToken.None).WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (answer is null)
            {
                // Ctrl-C and Ctrl-D leave the cursor behind the question.
                around.Screen.Line();
            }
        }

        return answer?.Trim() is { } word && (word.Length == 0 || word.StartsWith("y", StringComparison.OrdinalIgnoreCase));
    }
}
