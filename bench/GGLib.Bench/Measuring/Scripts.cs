using System.Globalization;

namespace GGLib.Bench.Measuring;

/// <summary>What the fake engine does.</summary>
internal static class Scripts
{
    // As a tokenizer cuts English, with the escapes and the letters beyond ASCII that an answer has.
    private static readonly string[] Pieces =
        ["The", " sky", " is", " blue", " because", " of", " Ray", "leigh", " scatter", "ing", ":", "\\n", " shorter", " wave", "lengths", " \\\"blue\\\"", " are", " scattered", " more", ".", " Größe", " →"];

    /// <summary>As fast as it can, without a limit to the requests served at once.</summary>
    public static string FullSpeed => $$"""{"chunks":[{{string.Join(',', Pieces.Select(piece => $$"""{"content":"{{piece}}"}"""))}}],"repeat":1000,"slots":0}""";

    /// <summary>At a rate for each stream, each token with the moment of its sending.</summary>
    public static string Paced(double tokensPerSecond) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"chunks":[{"content":"@0000000000000000000"}],"stamp":true,"repeat":100000,"slots":0,"tokensPerSecond":{{{tokensPerSecond}}}}""");

    /// <summary>The text of so many tokens at full speed.</summary>
    public static string Text(int tokens) =>
        string.Concat(Enumerable.Range(0, tokens).Select(index => Pieces[index % Pieces.Length])).Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\\"", "\"", StringComparison.Ordinal);
}
