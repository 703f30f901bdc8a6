using System.Globalization;
using GGLib.Server.Failures;
using GGLib.Server.Replies;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>The routes of stored responses: <c>GET</c> and <c>DELETE /v1/responses/{id}</c>, <c>GET …/input_items</c>, <c>POST …/cancel</c>. Source: OpenAI's API reference.</summary>
internal sealed class StoredResponsesEndpoint(ResponseStore store)
{
    private const int DefaultPage = 20;
    private const int LargestPage = 100;

    /// <summary><c>GET /v1/responses/{id}</c></summary>
    public Task GetAsync(HttpContext context)
    {
        if (store.Find(IdOf(context)) is not { } response)
        {
            return NotFoundAsync(context);
        }

        return context.Request.Query["stream"] == "true"
            ? RejectAsync(context, "This response cannot be streamed because it was not created with background=true.", "stream")
            : JsonReply.WriteAsync(context, response.Json, StatusCodes.Status200OK, "application/json");
    }

    /// <summary><c>DELETE /v1/responses/{id}</c></summary>
    public Task DeleteAsync(HttpContext context)
    {
        var id = IdOf(context);
        return !store.Remove(id) ? NotFoundAsync(context) : JsonReply.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, id);
            writer.WriteString("object"u8, "response"u8);
            writer.WriteBoolean("deleted"u8, true);
            writer.WriteEndObject();
        });
    }

    /// <summary><c>POST /v1/responses/{id}/cancel</c>: only responses with <c>background</c> can be canceled, and those are rejected.</summary>
    public Task CancelAsync(HttpContext context) =>
        store.Find(IdOf(context)) is null ? NotFoundAsync(context) : RejectAsync(context, "Cannot cancel a synchronous response.", parameter: null);

    /// <summary><c>GET /v1/responses/{id}/input_items</c> with <c>limit</c>, <c>order</c> and <c>after</c>.</summary>
    public Task ListInputAsync(HttpContext context)
    {
        if (store.Find(IdOf(context)) is not { } response)
        {
            return NotFoundAsync(context);
        }

        var query = context.Request.Query;
        var limit = DefaultPage;
        if (query["limit"] is [{ } limitText] && (!int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > LargestPage))
        {
            return RejectAsync(context, $"Invalid 'limit': expected an integer from 1 to {LargestPage}, but got '{limitText}' instead.", "limit");
        }

        if (query["order"] is [{ } order] && order is not ("asc" or "desc"))
        {
            return RejectAsync(context, $"Invalid value: '{order}'. Supported values are: 'asc' and 'desc'.", "order");
        }

        var items = query["order"] == "asc" ? response.Input : [.. response.Input.Reverse()];
        var start = 0;
        if (query["after"] is [{ Length: > 0 } after])
        {
            start = items.TakeWhile(item => item.Id != after).Count() + 1;
            if (start > items.Count)
            {
                return RejectAsync(context, $"Item with id '{after}' not found in the input of this response.", "after");
            }
        }

        var page = items.Skip(start).Take(limit).ToList();
        return JsonReply.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "list"u8);
            writer.WriteStartArray("data"u8);
            foreach (var item in page)
            {
                writer.WriteRawValue(item.Json, skipInputValidation: true);
            }

            writer.WriteEndArray();
            writer.WriteString("first_id"u8, page.FirstOrDefault()?.Id);
            writer.WriteString("last_id"u8, page.LastOrDefault()?.Id);
            writer.WriteBoolean("has_more"u8, start + page.Count < items.Count);
            writer.WriteEndObject();
        });
    }

    private static string IdOf(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    private static Task NotFoundAsync(HttpContext context) => OpenAIErrors.WriteAsync(context, new InferenceFailure.NotFound($"Response with id '{IdOf(context)}' not found."));

    private static Task RejectAsync(HttpContext context, string message, string? parameter) => OpenAIErrors.WriteAsync(context, new InferenceFailure.InvalidRequest(message, parameter));
}
