namespace GGLib.Bench.Storm;

/// <summary>What each model answers to each prompt, learnt from llama-server itself, one question at a time. Read-only once learnt.</summary>
internal sealed class Truth
{
    /// <summary>Short, and each of its own text: an answer that was given to the wrong client is seen.</summary>
    public static readonly string[] Prompts = ["once upon a time", "the cat sat on", "one two three", "a red house", "in the morning", "she said", "water and", "to be or not"];

    private readonly Dictionary<(string Model, string Prompt), string> _texts = [];

    public void Learn(string model, string prompt, string text) => _texts[(model, prompt)] = text;

    /// <summary>What is wrong with a text as an answer; null: nothing.</summary>
    public string? Fault(Question question, string text)
    {
        var expected = _texts[(question.Model, question.Prompt)];

        // A longer answer begins like the short one that was learnt.
        if (question.Tokens > 8 ? text.StartsWith(expected, StringComparison.Ordinal) : text == expected)
        {
            return null;
        }

        var owner = _texts.FirstOrDefault(pair => pair.Value == text).Key;
        return owner.Model is null
            ? $"{question.Model} says '{text}' instead of '{expected}'"
            : $"{question.Model} was asked '{question.Prompt}' and the answer is {owner.Model}'s to '{owner.Prompt}'";
    }
}
