namespace GGLib.Server.Dialects.Ollama;

/// <summary>The fixed parts of a streamed line, around its time stamp and its text.</summary>
/// <param name="Before">From the time stamp to the text, quotes included.</param>
/// <param name="After">From the text to the end of the line.</param>
/// <param name="BeforeLogprobs">From the text to the log probabilities.</param>
internal sealed record LineShape(byte[] Before, byte[] After, byte[] BeforeLogprobs);
