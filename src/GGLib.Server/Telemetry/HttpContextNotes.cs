using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Telemetry;

internal static class HttpContextNotes
{
    /// <summary>Returns the request's notes. They are created on first use and discarded when no observer is configured.</summary>
    public static RequestNotes Notes(this HttpContext context)
    {
        if (context.Features.Get<RequestNotes>() is not { } notes)
        {
            context.Features.Set(notes = new RequestNotes());
        }

        return notes;
    }
}
