using System.Text.Json;
using GGLib.Server.Telemetry;

namespace GGLib.Server.Streaming;

/// <summary>
/// Finds the engine's counts in bytes that are passed on unread, and counts the events that hold text where the engine tells none. For one answer; not thread-safe.
/// </summary>
internal sealed class UsageWatch(TextMark texts)
{
    private long _texts;

    private delegate void Reading(ref Utf8JsonReader reader, ref TokenUsage usage);

    /// <summary>What was found so far.</summary>
    public TokenUsage Seen { get; private set; }

    /// <summary>Tokens generated: as told, else the events counted; null when there was neither.</summary>
    public long? GeneratedTokens => Seen.GeneratedTokens is > 0 || _texts == 0 ? Seen.GeneratedTokens : _texts;

    /// <param name="bytes">Whole events, or the part of an answer that a read brought.</param>
    public void Look(ReadOnlySpan<byte> bytes)
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
                // What follows the object is not looked at, and it may be cut.
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
