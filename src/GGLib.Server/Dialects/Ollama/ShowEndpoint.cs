using System.Text.Json;
using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Server.Inference;
using GGLib.Server.Requests;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Ollama;

/// <summary><c>POST /api/show</c>: everything the model's file says. The file's head is read anew each time; that takes milliseconds.</summary>
internal sealed class ShowEndpoint(ModelDirectory models, ModelLibrary library, ServerOptions server, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        using var body = await OllamaReply.ReadBodyAsync(context).ConfigureAwait(false);
        if (body is null)
        {
            return;
        }

        var request = new GoObject(body.Json, "ShowRequest");
        var (name, deprecated) = (request.String("model"), request.String("name"));
        var asked = name.Length > 0 ? name : deprecated;
        var verbose = request.Bool("verbose") ?? false;
        var system = request.OptionalString("system");
        var options = request.Object("options", "map[string]interface {}");

        // Not used, as in Ollama.
        _ = request.String("template");
        context.Notes().Model = asked;
        var (file, model, error) = request.Error is { } wrong ? (null, null, OllamaError.BadRequest(wrong)) : Find(asked, verbose);
        if (error is not null)
        {
            await OllamaReply.WriteErrorAsync(context, error).ConfigureAwait(false);
            return;
        }

        var written = new ShowText(server.OptionsOf(model!), system ?? model!.Profile.System, options);

        // Copilot shows general.basename as the model's name.
        var baseName = context.Request.Headers.UserAgent.ToString().StartsWith("GitHubCopilotChat/", StringComparison.Ordinal) ? asked : model!.Profile.Stated?.BaseName;
        await WriteAsync(context, model!, file!, Projector(model!, verbose), written, verbose, baseName).ConfigureAwait(false);
    }

    private (GgufFile? File, CatalogModel? Model, OllamaError? Error) Find(string asked, bool verbose)
    {
        if (asked.Trim().Length == 0)
        {
            return (null, null, OllamaError.BadRequest("model is required"));
        }

        if (models.Find(asked) is not { } model)
        {
            var malformed = ModelNameCheck.Failure(asked);
            return (null, null, malformed is null && ModelName.TryParse(asked, out var name)
                ? OllamaError.ModelNotFound(library.Spelled(name).Display)
                : OllamaError.BadRequest(malformed?.Message ?? "invalid model name"));
        }

        try
        {
            return (GgufFile.Read(model.Path, verbose ? GgufReadOptions.LargeArrays : GgufReadOptions.None), model, null);
        }
        catch (Exception exception) when (exception is GgufException or IOException or UnauthorizedAccessException)
        {
            return (null, null, new OllamaError(500, $"cannot read {model.Path}: {exception.Message}"));
        }
    }

    /// <summary>The projector's head; null when there is none, or none that can be read: the model itself can still be shown, and clients drop all models for one failed show.</summary>
    private static GgufFile? Projector(CatalogModel model, bool verbose)
    {
        try
        {
            return model.ProjectorPath is { } path ? GgufFile.Read(path, verbose ? GgufReadOptions.LargeArrays : GgufReadOptions.None) : null;
        }
        catch (Exception exception) when (exception is GgufException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private Task WriteAsync(HttpContext context, CatalogModel model, GgufFile file, GgufFile? projector, ShowText written, bool verbose, string? baseName) => OllamaReply.WriteAsync(context, writer =>
    {
        var profile = model.Profile;
        writer.WriteStartObject();
        WriteText(writer, "license"u8, profile.License);
        writer.WriteString("modelfile"u8, written.Modelfile(model));
        if (written.Parameters is { } parameters)
        {
            writer.WriteString("parameters"u8, ParametersText.Columns(parameters));
        }

        WriteText(writer, "template"u8, model.TemplateInForce ?? model.Facts.ChatTemplate);
        WriteText(writer, "system"u8, written.System);
        ModelDetails.Write(writer, model, withLengths: false);
        if (!profile.Messages.IsEmpty)
        {
            writer.WriteStartArray("messages"u8);
            foreach (var message in profile.Messages)
            {
                writer.WriteStartObject();
                writer.WriteString("role"u8, message.Role);
                writer.WriteString("content"u8, message.Content);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WritePropertyName("model_info"u8);
        ModelInfoJson.Write(writer, file, verbose, model.Facts.ParameterCount, baseName);
        if (projector is not null)
        {
            writer.WritePropertyName("projector_info"u8);
            ModelInfoJson.Write(writer, projector, verbose);
        }

        writer.WritePropertyName("tensors"u8);
        ModelInfoJson.WriteTensors(writer, file);
        ModelDetails.WriteCapabilities(writer, model);
        writer.WriteString("modified_at"u8, OllamaTime.Local(model.ModifiedAt, time));
        WriteText(writer, "requires"u8, profile.Requires);
        writer.WriteEndObject();
    });

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            writer.WriteString(name, text);
        }
    }
}
