using System.Globalization;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Ollama's time stamps: RFC 3339 with up to nine digits of a second, trailing zeros cut.</summary>
internal static class OllamaTime
{
    private const string CreatedFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    /// <summary>The time now in UTC, as <c>created_at</c> has it.</summary>
    public static string Created(TimeProvider time) => time.GetUtcNow().ToString(CreatedFormat, CultureInfo.InvariantCulture);

    /// <summary>A time in the server's own zone, as <c>modified_at</c> and <c>expires_at</c> have it.</summary>
    public static string Local(DateTimeOffset moment, TimeProvider time)
    {
        // The last day of the calendar has no local time east of Greenwich.
        var local = moment.Year >= 9999 ? moment.ToUniversalTime() : TimeZoneInfo.ConvertTime(moment, time.LocalTimeZone);
        var text = local.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
        return text + (local.Offset == TimeSpan.Zero ? "Z" : local.ToString("zzz", CultureInfo.InvariantCulture));
    }
}
