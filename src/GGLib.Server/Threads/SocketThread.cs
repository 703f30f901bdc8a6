using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Threads;

/// <summary>
/// Which requests may be worked on by the thread that serves sockets. It must never wait for a file, a database or a lock, nor read for long: requests begin on the pool,
/// which wakes two more threads, unless they are short and their endpoint goes there by itself (<c>ModelDirectory.ReadyToFind</c>) before it does more than look at memory and at a file's time.
/// </summary>
internal static class SocketThread
{
    // What is parsed in well under a millisecond.
    private const long ShortBody = 64 * 1024;

    private static readonly Marker Fit = new();

    /// <summary>The endpoint may run on the thread that serves sockets.</summary>
    public static void RunsOnSocketThread(this IEndpointConventionBuilder endpoint) => endpoint.Add(static builder => builder.Metadata.Add(Fit));

    /// <summary>Behind the routing: sends every request to the pool that may not stay.</summary>
    public static void UsePoolThreads(this IApplicationBuilder app) => app.Use(static (context, next) =>
        context.Request.ContentLength <= ShortBody && context.GetEndpoint()?.Metadata.GetMetadata<Marker>() is not null ? next(context) : OnPoolAsync(context, next));

    private static async Task OnPoolAsync(HttpContext context, RequestDelegate next)
    {
        await new PoolThread(stays: false);
        await next(context).ConfigureAwait(false);
    }

    private sealed class Marker;
}
