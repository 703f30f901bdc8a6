using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Anthropic;

/// <summary>The id of a request in Anthropic's API (<c>req_…</c>): the response header <c>request-id</c>, repeated in error objects. SDKs report it with an error.</summary>
internal static class AnthropicRequestId
{
    /// <summary>The response header.</summary>
    public const string HeaderName = "request-id";

    /// <summary>The id of the request: the response header's value, which is set when it is missing.</summary>
    /// <param name="context">A request whose response has not started.</param>
    public static string Of(HttpContext context)
    {
        var header = context.Response.Headers[HeaderName].ToString();
        if (header.Length > 0)
        {
            return header;
        }

        var id = New();
        context.Response.Headers[HeaderName] = id;
        return id;
    }

    /// <summary>A new id.</summary>
    public static string New() => $"req_{RandomNumberGenerator.GetHexString(24, lowercase: true)}";
}
