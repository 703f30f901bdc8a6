using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace GGLib.Server.Endpoints.Routing;

/// <summary>
/// Makes the framework's routing behave as Ollama's: paths are case-sensitive, a trailing or double slash is redirected, and unknown paths and methods are answered
/// in its words.
/// </summary>
internal static class OllamaRouting
{
    /// <summary>Before the framework's routing: a path with double slashes is sent to the one without.</summary>
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

    /// <summary>After the framework's routing.</summary>
    public static void UseOllamaPaths(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var path = context.Request.Path.Value ?? "/";
        var endpoint = context.GetEndpoint();
        if (endpoint is RouteEndpoint route ? !IsSameCase(route, path) : endpoint is not null && !IsKnown(context, path))
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

        if (endpoint is null)
        {
            await WriteTextAsync(context, StatusCodes.Status404NotFound, "404 page not found").ConfigureAwait(false);
            return;
        }

        await next(context).ConfigureAwait(false);

        // The framework's own endpoint for a wrong method sets the status and Allow, and leaves the body to us.
        if (endpoint is not RouteEndpoint && context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed && !context.Response.HasStarted)
        {
            await WriteTextAsync(context, StatusCodes.Status405MethodNotAllowed, "405 method not allowed").ConfigureAwait(false);
        }
    });

    /// <summary>Whether any route has the path, for whatever method.</summary>
    private static bool IsKnown(HttpContext context, string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Length;
        return context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Any(route =>
            (route.RoutePattern.PathSegments.Count == segments
                || (route.RoutePattern.PathSegments.Count < segments && route.RoutePattern.Parameters.Any(parameter => parameter.IsCatchAll)))
            && IsSameCase(route, path));
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
