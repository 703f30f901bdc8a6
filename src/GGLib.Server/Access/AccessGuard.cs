using System.Net;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Access;

/// <summary>Rejects requests with a foreign <c>Host</c> or <c>Origin</c> with 403, and answers CORS preflight requests byte for byte as Ollama does.</summary>
internal sealed class AccessGuard(RequestDelegate next, ServerOptions options)
{
    private const string Methods = "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS";

    private const string Headers =
        "Authorization,Content-Type,User-Agent,Accept,X-Requested-With,Openai-Beta,X-Stainless-Arch,X-Stainless-Async,X-Stainless-Custom-Poll-Interval,"
        + "X-Stainless-Helper-Method,X-Stainless-Lang,X-Stainless-Os,X-Stainless-Package-Version,X-Stainless-Poll-Helper,X-Stainless-Retry-Count,"
        + "X-Stainless-Runtime,X-Stainless-Runtime-Version,X-Stainless-Timeout";

    private readonly OriginPolicy _origins = new(options.Origins);
    private readonly bool _onlyThisMachine = IPAddress.TryParse(options.Host, out var address) ? IPAddress.IsLoopback(address) : options.Host == "localhost";

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.Headers["X-GGLib-Version"] = options.Version;
        if (_onlyThisMachine && !HostPolicy.Allows(context.Request.Host.Host))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0)
        {
            return next(context);
        }

        if (!_origins.Allows(origin, context.Request.Host.Value ?? ""))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = _origins.AllowsAll ? "*" : origin;
        if (!HttpMethods.IsOptions(context.Request.Method))
        {
            if (!_origins.AllowsAll)
            {
                headers.Vary = "Origin";
            }

            return next(context);
        }

        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = Headers;
        headers.AccessControlMaxAge = "43200";
        headers.Vary = new(["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"]);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
