using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Telemetry;

internal static class HttpContextNotes
{
    /// <summary>The request's notes; they are read by nobody when nobody observes requests.</summary>
    public static RequestNotes Notes(this HttpContext context)
    {
        if (context.Features.Get<RequestNotes>() is not { } notes)
        {
            context.Features.Set(notes = new RequestNotes());
        }

        return notes;
    }
}
