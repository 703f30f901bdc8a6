using System.Globalization;
using GGLib.Engine.Launching;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Requests;

/// <summary>How long a model stays loaded, for clients of OpenAI's API that cannot add a field to the body: the header <c>X-Keep-Alive</c>, in Ollama's forms.</summary>
internal static class KeepAliveHeader
{
    private const string Name = "X-Keep-Alive";

    /// <summary>What the body says, else what the header says; null when neither says anything that can be read.</summary>
    public static KeepAlive? Of(HttpContext context, KeepAlive? inBody)
    {
        if (inBody is not null)
        {
            return inBody;
        }

        var text = context.Request.Headers[Name].ToString();
        return double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && !double.IsNaN(seconds) ? KeepAliveField.OfSeconds(seconds)
            : text.Length > 0 && GoDuration.TryParse(text, out var duration, out _) ? KeepAlive.For(duration)
            : null;
    }
}
