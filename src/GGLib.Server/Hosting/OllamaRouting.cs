using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace GGLib.Server.Hosting;

/// <summary>
/// Makes the framework's routing behave as Ollama's: paths are case-sensitive, a trailing or double slash is redirected, and unknown paths and methods are answered
/// in its words.
/// </summary>
internal static class OllamaRouting
{
    /// <summary>A path with double slashes is sent to the one without.</summary>
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
    /// After the framework's routing: where a path is asked with a method it does not have, the answer names those it has, be it a refusal or a browser's question.
    /// </summary>
    public static void UseAllowedMethods(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.GetEndpoint() is not RouteEndpoint && MethodsOf(context) is { Count: > 0 } methods)
        {
            context.Response.Headers.Allow = string.Join(", ", methods);
        }

        return next(context);
    });

    /// <summary>After that, and after whoever may still refuse the request.</summary>
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
        else if (context.Response.Headers.Allow.Count > 0)
        {
            await WriteTextAsync(context, StatusCodes.Status405MethodNotAllowed, "405 method not allowed").ConfigureAwait(false);
        }
        else
        {
            await WriteTextAsync(context, StatusCodes.Status404NotFound, "404 page not found").ConfigureAwait(false);
        }
    });

    /// <summary>The methods of the routes that have the request's path, in the order in which Ollama names them; none when no route has it.</summary>
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
        // Escaped: a header takes no other characters.
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
