using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Hosting;

/// <summary>Reports each request to <see cref="ServerOptions.OnRequest"/> when it has ended.</summary>
internal sealed class RequestObserver(RequestDelegate next, ServerOptions options, TimeProvider time)
{
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        if (options.OnRequest is not { } report)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var began = time.GetTimestamp();
        var notes = new RequestNotes();
        context.Features.Set(notes);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            var status = context.RequestAborted.IsCancellationRequested ? ClientClosedRequest : context.Response.StatusCode;
            report(new RequestLine(context.Request.Method, context.Request.Path.Value ?? "/", status, time.GetElapsedTime(began), notes));
        }
    }
}
