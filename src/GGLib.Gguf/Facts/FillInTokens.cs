namespace GGLib.Gguf;

/// <summary>
/// Looks for the tokens of fill-in-the-middle while a token list is skipped. Most models that can do it (Qwen's coders among
/// them) have no <c>fim_*_token_id</c> keys: llama.cpp recognises the tokens by their text, so this does too.
/// General models of families with such a vocabulary (Qwen, DeepSeek, Phi 4) are found as well: the engine fills in with them too,
/// and a name is no evidence of how well.
/// </summary>
internal sealed class FillInTokens
{
    /// <summary>The longest text of interest, in bytes.</summary>
    public const int MaxLength = 20;

    private bool _prefix;
    private bool _suffix;
    private bool _middle;

    /// <summary>Whether all three parts have been seen.</summary>
    public bool IsComplete => _prefix && _suffix && _middle;

    public void See(ReadOnlySpan<byte> text)
    {
        // Nearly all tokens end here.
        if (text.Length is < 5 or > MaxLength || text[^1] != '>')
        {
            return;
        }

        _prefix |= IsPrefix(text);
        _suffix |= IsSuffix(text);
        _middle |= IsMiddle(text);
    }

    private static bool IsPrefix(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("<|fim_prefix|>"u8) || text.SequenceEqual("<fim-prefix>"u8) || text.SequenceEqual("<fim_prefix>"u8)
        || text.SequenceEqual("<｜fim▁begin｜>"u8) || text.SequenceEqual("<PRE>"u8) || text.SequenceEqual("▁<PRE>"u8)
        || text.SequenceEqual("<|code_prefix|>"u8);

    private static bool IsSuffix(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("<|fim_suffix|>"u8) || text.SequenceEqual("<fim-suffix>"u8) || text.SequenceEqual("<fim_suffix>"u8)
        || text.SequenceEqual("<｜fim▁hole｜>"u8) || text.SequenceEqual("<SUF>"u8) || text.SequenceEqual("▁<SUF>"u8)
        || text.SequenceEqual("<|code_suffix|>"u8);

    private static bool IsMiddle(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("<|fim_middle|>"u8) || text.SequenceEqual("<fim-middle>"u8) || text.SequenceEqual("<fim_middle>"u8)
        || text.SequenceEqual("<｜fim▁end｜>"u8) || text.SequenceEqual("<MID>"u8) || text.SequenceEqual("▁<MID>"u8)
        || text.SequenceEqual("<|code_middle|>"u8);
}
