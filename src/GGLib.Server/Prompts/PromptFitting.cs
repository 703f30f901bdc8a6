using GGLib.Server.Failures;
using GGLib.Server.Requests;

namespace GGLib.Server.Prompts;

/// <summary>
/// Makes a conversation fit a context, as Ollama does: drops whole messages, oldest first, but never a system message and never the last one. If the rest is still too long, the middle of its
/// tokens is dropped. llama-server itself never shortens a prompt.
/// </summary>
internal static class PromptFitting
{
    /// <summary>The tokens that an image is assumed to take.</summary>
    private const int TokensOfImage = 768;

    private const int UsualKeep = 4;

    /// <summary>The longest end of a conversation that fits.</summary>
    /// <param name="messages">The conversation, which does not fit.</param>
    /// <param name="context">The context in tokens; a prompt must be shorter.</param>
    /// <param name="tokenize">The tokens of a conversation.</param>
    /// <returns>The messages that fit; or the tokens of the fewest messages allowed, which do not fit; or a failure.</returns>
    public static async Task<FittedPrompt> FitAsync(
        IReadOnlyList<ChatMessage> messages, int context, Func<IReadOnlyList<ChatMessage>, Task<(int[]? Tokens, InferenceFailure? Failure)>> tokenize)
    {
        var droppable = messages.Index().Where(item => item.Index < messages.Count - 1 && item.Item.Role is not "system").Select(static item => item.Index).ToList();
        var (least, tokens, failure) = await TryAsync(droppable.Count).ConfigureAwait(false);
        if (tokens is null)
        {
            return new(null, null, failure);
        }

        if (!Fits(least, tokens))
        {
            return new(null, tokens, null);
        }

        // A binary search for the fewest messages to drop. A template may reject what is left of a conversation: that counts as not fitting.
        var (tooFew, enough) = (0, droppable.Count);
        while (enough - tooFew > 1)
        {
            var middle = (tooFew + enough) / 2;
            var (rest, counted, _) = await TryAsync(middle).ConfigureAwait(false);
            if (counted is not null && Fits(rest, counted))
            {
                (enough, least) = (middle, rest);
            }
            else
            {
                tooFew = middle;
            }
        }

        return new(least, null, null);

        async Task<(IReadOnlyList<ChatMessage> Left, int[]? Tokens, InferenceFailure? Failure)> TryAsync(int dropped)
        {
            var gone = droppable.Take(dropped).ToHashSet();
            List<ChatMessage> rest = [.. messages.Where((_, index) => !gone.Contains(index))];
            var (counted, refused) = await tokenize(rest).ConfigureAwait(false);
            return (rest, counted, refused);
        }

        bool Fits(IReadOnlyList<ChatMessage> rest, int[] counted) => counted.Length + (rest.Sum(static message => message.MediaCount) * TokensOfImage) < context;
    }

    /// <summary>The start and the end of tokens that do not fit, so that half the context is free.</summary>
    /// <param name="tokens">More tokens than fit.</param>
    /// <param name="context">The context in tokens.</param>
    /// <param name="keep">Tokens of the start to keep (<c>num_keep</c>); negative keeps as many as possible.</param>
    public static int[] Cut(int[] tokens, int context, long? keep)
    {
        var begin = (int)Math.Clamp(keep switch { null => UsualKeep, < 0 => long.MaxValue, var kept => kept.Value }, 0, Math.Max(0, context - 2));
        return [.. tokens.AsSpan(0, Math.Min(begin, tokens.Length)), .. tokens.AsSpan(tokens.Length - Math.Clamp((context - begin) / 2, 1, Math.Max(1, tokens.Length - begin)))];
    }
}
