namespace GGLib.Bench.Storm;

/// <summary>What is asked, and how.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Prompt">The text to go on from, or to make an embedding of.</param>
/// <param name="Way">The API, and whether the answer streams.</param>
/// <param name="Tokens">How long the answer is.</param>
internal readonly record struct Question(string Model, string Prompt, Way Way, int Tokens = Question.Short)
{
    public const int Short = 8;
}
