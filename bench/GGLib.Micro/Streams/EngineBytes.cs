using System.Text;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Micro.Streams;

/// <summary>What llama-server sends for an answer of <see cref="Tokens"/> tokens.</summary>
internal static class EngineBytes
{
    public const int Tokens = 1000;

    // As words are: mostly plain, now and then an escape or what is not ASCII.
    private static readonly string[] Words = [" the", " quick", " brown", " fox", " jumps", " over", ",", @"\n", " Köln", @" \""so\"""];

    /// <summary>The tokens' events alone, of a chat: each is its neighbour with another text.</summary>
    public static byte[][] ChatEvents { get; } = [.. Texts.Select(static text => Encoding.UTF8.GetBytes(Samples.Content(text)))];

    /// <summary>A chat's answer, as <c>/v1/chat/completions</c> streams it.</summary>
    public static byte[] Chat { get; } =
        Encoding.UTF8.GetBytes(Samples.Body([Samples.Role, .. Texts.Select(Samples.Content), Samples.Finish, Samples.Usage, "[DONE]"]));

    /// <summary>A raw answer, as <c>/completion</c> streams it: the counts make every event differ from its neighbour, so each is parsed.</summary>
    public static byte[] Completion { get; } =
        Encoding.UTF8.GetBytes(Samples.Body([.. Texts.Select(Counted), Samples.CompletionEnd]));

    private static IEnumerable<string> Texts => Enumerable.Range(0, Tokens).Select(static token => Words[token % Words.Length]);

    private static string Counted(string text, int token) =>
        Samples.Completion(text).Replace("\"tokens_predicted\":1", $"\"tokens_predicted\":{token + 1}", StringComparison.Ordinal);
}
