namespace GGLib.Server.Requests;

/// <summary>One part of a message's content. Immutable.</summary>
internal abstract record ContentPart
{
    private ContentPart()
    {
    }

    /// <summary>A message's content when it is one text; no part for an empty one.</summary>
    public static IReadOnlyList<ContentPart> Of(string text) => text.Length == 0 ? [] : [new Text(text)];

    /// <summary>Text.</summary>
    internal sealed record Text(string Value) : ContentPart;

    /// <summary>An image.</summary>
    /// <param name="Url">A <c>data:</c> URL with base64 content, or any other address as the client sent it, which <c>Preparation</c> rejects: the engine would fetch it.</param>
    internal sealed record Image(string Url) : ContentPart;

    /// <summary>An audio file.</summary>
    /// <param name="Base64">The file, base64.</param>
    /// <param name="Format"><c>wav</c> or <c>mp3</c>; empty to judge by the content.</param>
    internal sealed record Audio(string Base64, string Format) : ContentPart;

    /// <summary>A kind of part that no model here can take, for example a file.</summary>
    /// <param name="Type">The dialect's name for it.</param>
    internal sealed record Unsupported(string Type) : ContentPart;
}
