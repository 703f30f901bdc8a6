using GGLib.Server.Failures;
using GGLib.Server.Replies;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Pipeline;

/// <summary>Writes a failure as a response that has not started.</summary>
internal static class DialectReply
{
    public static Task WriteErrorAsync(HttpContext context, IDialect dialect, InferenceFailure failure, string? contentType = null)
    {
        context.Notes().Error = failure.Message;
        context.Response.Headers.RetryAfter = failure.RetryAfterSeconds?.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var error = dialect.ErrorOf(failure);
        if (error.RequestId is { } id)
        {
            context.Response.Headers["request-id"] = id;
        }

        return JsonReply.WriteAsync(context, error.Body, error.Status, contentType ?? error.ContentType);
    }
}
