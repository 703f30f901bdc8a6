using GGLib.Server.Replies;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Admin;

/// <summary>Writes the errors of gglib's own endpoints, in the form of Ollama's: <c>{"error":"message"}</c>.</summary>
internal static class AdminReply
{
    public static Task WriteErrorAsync(HttpContext context, int status, string message)
    {
        context.Notes().Error = message;
        return JsonReply.WriteAsync(
            context,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("error"u8, message);
                writer.WriteEndObject();
            },
            status,
            "application/json; charset=utf-8");
    }
}
