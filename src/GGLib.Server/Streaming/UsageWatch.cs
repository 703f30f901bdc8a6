using System.Text.Json;
using GGLib.Server.Telemetry;

namespace GGLib.Server.Streaming;

/// <summary>
/// Finds the engine's token counts in relayed bytes. Counts the events that contain text, in case the engine reports no counts. For one answer; not thread-safe.
/// </summary>
internal sealed class UsageWatch(TextMark texts)
{
    private long _texts;

    private delegate void Reading(ref Utf8JsonReader reader, ref TokenUsage usage);

    /// <summary>The counts found so far.</summary>
    public TokenUsage Seen { get; private set; }

    /// <summary>Generated tokens: the engine's count, otherwise the number of events with text; null if there was neither.</summary>
    public long? GeneratedTokens => Seen.GeneratedTokens is > 0 || _texts == 0 ? Seen.GeneratedTokens : _texts;

    /// <summary>Searches the next bytes.</summary>
    /// <param name="bytes">Whole events, or a piece of a single object.</param>
    public void Scan(ReadOnlySpan<byte> bytes)
    {
        _texts += texts.CountIn(bytes);
        Take(bytes, "\"usage\":{"u8, UsageReader.ReadUsage);
        Take(bytes, "\"timings\":{"u8, UsageReader.ReadTimings);
    }

    private void Take(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> mark, Reading read)
    {
        for (int at; (at = bytes.IndexOf(mark)) >= 0;)
        {
            bytes = bytes[(at + mark.Length - 1)..];
            var usage = default(TokenUsage);
            try
            {
                // Bytes after the object are not read; they may be incomplete.
                var reader = new Utf8JsonReader(bytes, isFinalBlock: false, default);
                reader.Read();
                read(ref reader, ref usage);
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                return;
            }

            Seen = Seen.With(usage);
        }
    }
}
