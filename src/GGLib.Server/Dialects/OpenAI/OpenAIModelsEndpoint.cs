using System.Text.Json;
using GGLib.Catalog;
using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Replies;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>, from memory. An id may hold slashes.</summary>
internal sealed class OpenAIModelsEndpoint(ModelDirectory models)
{
    public Task ListAsync(HttpContext context) => JsonReply.WriteAsync(context, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var model in models.List())
        {
            Write(writer, model, model.Name.Display);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public Task GetAsync(HttpContext context)
    {
        // The server leaves this one escape as it is; no name holds a percent sign.
        var id = ((string)context.Request.RouteValues["id"]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return models.Find(id) is { } model
            ? JsonReply.WriteAsync(context, writer => Write(writer, model, id))
            : OpenAIErrors.WriteAsync(context, new InferenceFailure.ModelNotFound(id));
    }

    private static void Write(Utf8JsonWriter writer, CatalogModel model, string id)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        writer.WriteString("object"u8, "model"u8);
        writer.WriteNumber("created"u8, model.ModifiedAt.ToUnixTimeSeconds());
        writer.WriteString("owned_by"u8, model.Name.Namespace);
        writer.WriteEndObject();
    }
}
