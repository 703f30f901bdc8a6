using System.Text;
using GGLib.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace GGLib.Tests.Server;

/// <summary>Request bodies without a server.</summary>
internal static class TestBody
{
    /// <summary>The body of a text.</summary>
    public static RequestBody Of(string text)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return RequestBody.ReadAsync(context).GetAwaiter().GetResult();
    }
}
