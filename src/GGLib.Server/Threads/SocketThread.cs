using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Threads;

/// <summary>
/// Marks endpoints whose requests may run on the socket thread. That thread must never block on files, a database or locks, and must not do long work. All other requests, and bodies that are compressed or over 64 KiB, are
/// moved to the thread pool, which wakes two more threads. A marked endpoint moves itself to the pool (<c>ModelDirectory.EnsureLookupThread</c>) before it does more than read memory and a file's time stamp.
/// </summary>
internal static class SocketThread
{
    // Parsed in well under a millisecond.
    private const long ShortBody = 64 * 1024;

    private static readonly Marker Fit = new();

    /// <summary>Allows the endpoint to run on the socket thread.</summary>
    public static void RunsOnSocketThread(this IEndpointConventionBuilder endpoint) => endpoint.Add(static builder => builder.Metadata.Add(Fit));

    /// <summary>Moves requests that may not run on the socket thread to the thread pool. Must come after routing.</summary>
    public static void UsePoolThreads(this IApplicationBuilder app) => app.Use(static (context, next) =>
        context.Request.ContentLength <= ShortBody && context.Request.Headers.ContentEncoding.Count == 0 && context.GetEndpoint()?.Metadata.GetMetadata<Marker>() is not null ? next(context) : OnPoolAsync(context, next));

    private static async Task OnPoolAsync(HttpContext context, RequestDelegate next)
    {
        await new PoolThread(stays: false);
        await next(context).ConfigureAwait(false);
    }

    private sealed class Marker;
}
