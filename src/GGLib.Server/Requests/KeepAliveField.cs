using System.Text.Json;
using GGLib.Engine.Launching;

namespace GGLib.Server.Requests;

/// <summary>The field <c>keep_alive</c>: seconds as a number, a Go duration as a string, negative for ever.</summary>
internal static class KeepAliveField
{
    /// <summary>The field's value; null when absent.</summary>
    public static KeepAlive? Read(GoObject request)
    {
        if (request.Raw("keep_alive") is not { } value)
        {
            return null;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                return OfSeconds(value.GetDouble());
            case JsonValueKind.String:
                if (GoDuration.TryParse(value.GetString()!, out var duration, out var error))
                {
                    return KeepAlive.For(duration);
                }

                request.Fail(error!);
                return null;
            default:
                request.Fail($"Unsupported type: '{GoType(value)}'");
                return null;
        }
    }

    /// <summary>A number of seconds; negative for ever.</summary>
    public static KeepAlive OfSeconds(double seconds) =>
        seconds < 0 || seconds > TimeSpan.MaxValue.TotalSeconds / 2 ? KeepAlive.Forever : KeepAlive.For(TimeSpan.FromSeconds(seconds));

    private static string GoType(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Array => "[]interface {}",
        _ => "map[string]interface {}",
    };
}
