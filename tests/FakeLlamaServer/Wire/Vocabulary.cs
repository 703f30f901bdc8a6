using System.Text;
using System.Text.RegularExpressions;

namespace FakeLlama.Wire;

/// <summary>
/// A token is a word with the space before it, a run of spaces, or one other character. Numbers are given as pieces come
/// by, so they mean nothing to another process; tokenize and detokenize are exact inverses within one.
/// </summary>
internal sealed partial class Vocabulary
{
    private const int FirstNumber = 256;
    private readonly Dictionary<string, int> numbers = [];
    private readonly List<string> pieces = [];

    public static IEnumerable<string> Cut(string text) => Piece().Matches(text).Select(match => match.Value);

    public static int Count(string text) => Piece().Count(text);

    public int NumberOf(string piece)
    {
        lock (numbers)
        {
            if (!numbers.TryGetValue(piece, out var number))
            {
                number = FirstNumber + pieces.Count;
                numbers.Add(piece, number);
                pieces.Add(piece);
            }

            return number;
        }
    }

    public string Text(IEnumerable<int> tokens)
    {
        var text = new StringBuilder();
        lock (numbers)
        {
            foreach (var token in tokens)
            {
                text.Append(token - FirstNumber is var at and >= 0 && at < pieces.Count ? pieces[at] : $"<{token}>");
            }
        }

        return text.ToString();
    }

    // ChatML's markers are one token each, as in the models that use them.
    [GeneratedRegex(@"<\|im_start\|>|<\|im_end\|>| ?[\p{L}\p{N}\p{M}]+|\s+?(?=\s?\S|$)|[\uD800-\uDBFF][\uDC00-\uDFFF]|[\s\S]")]
    private static partial Regex Piece();
}
