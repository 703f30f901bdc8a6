using GGLib.Server.Dialects.Anthropic;
using GGLib.Server.Dialects.OpenAI;
using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Replies;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Models;

/// <summary>
/// <c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>, from memory: in Anthropic's form when the header <c>anthropic-version</c> is present, otherwise in OpenAI's form, with Codex's
/// <c>models</c> when the query has <c>client_version</c>. An id can contain slashes.
/// </summary>
internal sealed class ModelsEndpoint(ModelDirectory models, ModelContexts contexts)
{
    private const string AnthropicVersion = "anthropic-version";

    public Task ListAsync(HttpContext context)
    {
        var listed = contexts.Of([.. models.List()]);
        return IsAnthropic(context)
            ? ListForAnthropicAsync(context, [.. listed.Select(ForAnthropic)])
            : WriteAsync(context, OpenAIModels.ComposeList(listed, withCodexModels: context.Request.Query.ContainsKey("client_version")));
    }

    public Task GetAsync(HttpContext context)
    {
        // The server leaves this one escape as it is; no name contains a percent sign.
        var id = ((string)context.Request.RouteValues["id"]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        if (models.Find(id) is not { } model)
        {
            return FailAsync(context, new InferenceFailure.ModelNotFound(id));
        }

        var served = contexts.Of([model])[0];
        if (!IsAnthropic(context))
        {
            return WriteAsync(context, OpenAIModels.Compose(served, id));
        }

        AnthropicRequestId.Of(context);
        return WriteAsync(context, AnthropicModels.Compose(ForAnthropic(served)));
    }

    private static Task ListForAnthropicAsync(HttpContext context, IReadOnlyList<AnthropicModel> listed)
    {
        if (AnthropicModelPage.Read(context.Request.Query, out var failure) is not { } page)
        {
            return FailAsync(context, failure!);
        }

        var shown = page.Of(listed, out var hasMore, out failure);
        if (failure is not null)
        {
            return FailAsync(context, failure);
        }

        AnthropicRequestId.Of(context);
        return WriteAsync(context, AnthropicModels.ComposePage(shown, hasMore));
    }

    private static Task FailAsync(HttpContext context, InferenceFailure failure)
    {
        if (!IsAnthropic(context))
        {
            return OpenAIErrors.WriteAsync(context, failure);
        }

        context.Notes().Error = failure.Message;
        var error = AnthropicErrors.Of(failure, AnthropicRequestId.Of(context));
        return JsonReply.WriteAsync(context, error.Body, error.Status, error.ContentType);
    }

    private static Task WriteAsync(HttpContext context, byte[] json) => JsonReply.WriteAsync(context, json, StatusCodes.Status200OK, "application/json");

    private static bool IsAnthropic(HttpContext context) => context.Request.Headers.ContainsKey(AnthropicVersion);

    private static AnthropicModel ForAnthropic(ModelWithContext served) =>
        new(served.Model.Name.Display, served.Model.Name.Display, served.Model.ModifiedAt, served.ContextLength);
}
