using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Threads;

/// <summary>
/// The rules of the socket thread: one thread waits for all sockets, and what waited continues on it. While it is busy, no stream moves and no request is accepted. It may parse a body of up to 64 KiB, look up a
/// model that is in memory, write a request that has neither tools nor a schema nor a Go template, and pass on an answer as it arrives. Everything whose duration a client can choose, and everything that may
/// block (files, the database, locks), runs on the thread pool:
/// <list type="bullet">
/// <item>endpoints that are not marked with <see cref="RunsOnSocketThread"/>, and bodies that are larger, compressed or arrive in pieces (<see cref="UsePoolThreads"/>, <c>RequestBody</c>);</item>
/// <item>models that must be looked up (<c>ModelDirectory.EnsureLookupThread</c>);</item>
/// <item>requests with templates, tools, schemas or long conversations (<c>InferencePipeline</c>, before it prepares them and before it asks the engine);</item>
/// <item>everything after a short request to the engine or a rejected one (<c>EngineClient</c>), and before a second one (<c>AnswerReading</c>).</item>
/// </list>
/// <see cref="Forbid"/> enforces it in debug builds.
/// </summary>
internal static class SocketThread
{
    // Parsed in well under a millisecond.
    private const long ShortBody = 64 * 1024;

    // The runtime's name for it.
    private const string Name = ".NET Sockets";

    private static readonly Marker Fit = new();

    /// <summary>Fails in debug builds when it runs on the socket thread. Work whose duration a client can choose calls it first.</summary>
    /// <exception cref="InvalidOperationException">This is the socket thread.</exception>
    [Conditional("DEBUG")]
    public static void Forbid()
    {
        if (Thread.CurrentThread.Name == Name)
        {
            throw new InvalidOperationException("This work must not run on the socket thread.");
        }
    }

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
