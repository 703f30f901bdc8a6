using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>The response header <c>x-request-id</c> of OpenAI's API (<c>req_…</c>), which its SDKs report with an error.</summary>
internal static class OpenAIRequestId
{
    /// <summary>Adds the header to every response under <c>/v1</c>, errors included.</summary>
    public static void UseOpenAIRequestIds(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        if (context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal))
        {
            context.Response.Headers["x-request-id"] = $"req_{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
        }

        return next(context);
    });
}
