using System.Globalization;
using System.Text;
using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Streaming;

/// <summary>Keeps a model's answer as lines of text, one for each piece.</summary>
internal sealed class RecordedEvents : IStreamEventSink
{
    public List<string> Pieces { get; } = [];

    /// <summary>The events of an upstream body that comes in these pieces, and how it ended.</summary>
    public static async Task<(List<string> Pieces, StreamEnd End)> ReadAsync(Stream upstream)
    {
        var sink = new RecordedEvents();
        var end = await EngineStream.ReadAsync(upstream, sink, _ => ValueTask.CompletedTask, TestContext.Current.CancellationToken);
        return (sink.Pieces, end);
    }

    public void Accept(scoped in StreamEvent piece) => Pieces.Add((piece.Choice > 0 ? $"{piece.Choice} " : "") + piece.Kind switch
    {
        StreamEventKind.ToolCallFragment => $"tool {piece.ToolIndex} {Text(piece.ToolId)} {Text(piece.ToolName)} {Text(piece.Text)}",
        StreamEventKind.Finish => $"finish {piece.Finish} {Text(piece.Text)}".TrimEnd(),
        StreamEventKind.Usage => string.Create(CultureInfo.InvariantCulture,
            $"usage {piece.Usage.PromptTokens} {piece.Usage.GeneratedTokens} {piece.Usage.PromptNanoseconds} {piece.Usage.GenerationNanoseconds}"),
        StreamEventKind.Error => $"error {piece.Status} {Text(piece.Text)}",
        StreamEventKind.Role => "role",
        var kind => $"{kind.ToString().ToLowerInvariant()} {Text(piece.Text)}",
    });

    private static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);
}
