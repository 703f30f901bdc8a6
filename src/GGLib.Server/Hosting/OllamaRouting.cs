using GGLib.Server.Dialects.OpenAI;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace GGLib.Server.Hosting;

/// <summary>
/// Makes routing behave as in Ollama: paths are case-sensitive, trailing and double slashes are redirected, and unknown paths and methods get Ollama's responses, under <c>/v1</c> OpenAI's: its SDKs read error objects.
/// </summary>
internal static class OllamaRouting
{
    /// <summary>Redirects a path with double slashes to the path without them.</summary>
    public static void UseSingleSlashes(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var path = context.Request.Path.Value ?? "/";
        if (!path.Contains("//", StringComparison.Ordinal))
        {
            return next(context);
        }

        while (path.Contains("//", StringComparison.Ordinal))
        {
            path = path.Replace("//", "/", StringComparison.Ordinal);
        }

        return RedirectAsync(context, path, StatusCodes.Status307TemporaryRedirect);
    });

    /// <summary>
    /// Adds the header <c>Allow</c> to the response if the path exists with other methods only, for a 405 and for a preflight request. Must come after routing.
    /// </summary>
    public static void UseAllowedMethods(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.GetEndpoint() is not RouteEndpoint && MethodsOf(context) is { Count: > 0 } methods)
        {
            context.Response.Headers.Allow = string.Join(", ", methods);
        }

        return next(context);
    });

    /// <summary>Answers unknown paths and methods, and redirects trailing slashes. Must come after <see cref="UseAllowedMethods"/> and access control.</summary>
    public static void UseOllamaPaths(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var path = context.Request.Path.Value ?? "/";
        var endpoint = context.GetEndpoint();
        if (endpoint is RouteEndpoint route && !IsSameCase(route, path))
        {
            endpoint = null;
            context.SetEndpoint(null);
        }

        if (endpoint is RouteEndpoint && path.Length > 1 && path.EndsWith('/'))
        {
            var status = HttpMethods.IsGet(context.Request.Method) ? StatusCodes.Status301MovedPermanently : StatusCodes.Status307TemporaryRedirect;
            await RedirectAsync(context, path.TrimEnd('/'), status).ConfigureAwait(false);
            return;
        }

        if (endpoint is RouteEndpoint)
        {
            await next(context).ConfigureAwait(false);
        }
        else if (path.StartsWith("/v1/", StringComparison.Ordinal) && !HttpMethods.IsHead(context.Request.Method))
        {
            await OpenAIErrors.WriteUnknownAsync(context).ConfigureAwait(false);
        }
        else if (context.Response.Headers.Allow.Count > 0)
        {
            await WriteTextAsync(context, StatusCodes.Status405MethodNotAllowed, "405 method not allowed").ConfigureAwait(false);
        }
        else
        {
            await WriteTextAsync(context, StatusCodes.Status404NotFound, "404 page not found").ConfigureAwait(false);
        }
    });

    /// <summary>Returns the methods of the routes with the request's path, in Ollama's order; empty if there is none.</summary>
    private static List<string> MethodsOf(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        if (path.Contains("//", StringComparison.Ordinal))
        {
            return [];
        }

        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Length;
        return
        [
            .. context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .Where(route => route.RoutePattern.PathSegments.Count == segments
                    || (route.RoutePattern.PathSegments.Count < segments && route.RoutePattern.Parameters.Any(parameter => parameter.IsCatchAll)))
                .Where(route => IsSameCase(route, path))
                .SelectMany(route => route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
                .Distinct()
                .OrderByDescending(HttpMethods.IsHead),
        ];
    }

    private static bool IsSameCase(RouteEndpoint route, string path)
    {
        var rest = path.AsSpan();
        foreach (var segment in route.RoutePattern.PathSegments)
        {
            rest = rest.TrimStart('/');
            var end = rest.IndexOf('/');
            var part = end < 0 ? rest : rest[..end];
            if (segment.Parts is [Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal])
            {
                if (!part.SequenceEqual(literal.Content))
                {
                    return false;
                }
            }

            rest = rest[part.Length..];
        }

        return true;
    }

    private static Task RedirectAsync(HttpContext context, string path, int status)
    {
        // Headers only allow escaped characters.
        var location = new PathString(path).ToUriComponent() + context.Request.QueryString;
        context.Response.Headers.Location = location;
        var name = status == StatusCodes.Status301MovedPermanently ? "Moved Permanently" : "Temporary Redirect";
        return HttpMethods.IsGet(context.Request.Method)
            ? WriteTextAsync(context, status, $"<a href=\"{System.Net.WebUtility.HtmlEncode(location)}\">{name}</a>.\n\n", "text/html; charset=utf-8")
            : WriteTextAsync(context, status, "", null);
    }

    private static Task WriteTextAsync(HttpContext context, int status, string text, string? contentType = "text/plain")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = text.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(text, context.RequestAborted);
    }
}
