using System.Collections.Immutable;
using System.Text.Json;
using GGLib.Catalog;
using GGLib.Catalog.Blobs;
using GGLib.Catalog.Creation;
using GGLib.Catalog.Modelfiles;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary><c>POST /api/create</c>. Source: Ollama's <c>docs/api.md</c>.</summary>
/// <param name="Recipe">What to make.</param>
/// <param name="Problem">What is wrong with it all the same; null when nothing is.</param>
/// <param name="Streams">Whether each step is told.</param>
internal sealed record CreateRequest(ModelRecipe Recipe, string? Problem, bool Streams)
{
    private const string Type = "CreateRequest";

    /// <summary>Reads the request; null with an error that comes before any answer has begun.</summary>
    public static CreateRequest? Read(JsonElement value, out string? error)
    {
        var request = new GoObject(value, Type);
        var asked = request.String("model") is { Length: > 0 } model ? model : request.String("name");
        var streams = request.Bool("stream") ?? true;
        var draft = Files(request, "draft_files", out var draftProblem);
        var files = Files(request, "files", out var filesProblem);
        var adapters = Files(request, "adapters", out var adaptersProblem);
        var licenses = Licenses(request, out var licenseProblem);
        var parameters = Parameters(request, out var parameterProblem);
        var problem = filesProblem ?? adaptersProblem ?? draftProblem ?? licenseProblem ?? parameterProblem
            ?? (request.String("remote_host").Length > 0 ? "models that run elsewhere are not served here: 'remote_host' cannot be used" : null)
            ?? (draft is { Length: > 1 } ? "only one draft model is currently supported" : null);
        if (!ModelLibrary.TryName(asked, out var name))
        {
            error = request.Error ?? "invalid model name";
            return null;
        }

        var recipe = new ModelRecipe
        {
            Name = name,
            From = request.OptionalString("from"),
            Files = files,
            Adapters = adapters,
            Draft = draft is [var one, ..] ? one : null,
            Template = request.OptionalString("template"),
            System = request.OptionalString("system"),
            Parameters = parameters,
            Licenses = licenses,
            Messages = Messages(request),
            Quantize = request.String("quantize") is { Length: > 0 } quantize ? quantize : request.OptionalString("quantization"),
            Requires = request.OptionalString("requires"),
            Stated = request.Object("info", "map[string]interface {}") is { } info ? StatedFacts.Of(info) : null,
        };
        error = request.Error;
        return error is null ? new CreateRequest(recipe, problem, streams) : null;
    }

    private static ImmutableArray<RecipeFile>? Files(GoObject request, string field, out string? problem)
    {
        problem = null;
        if (request.Object(field, "map[string]string") is not { } given)
        {
            return null;
        }

        var files = ImmutableArray.CreateBuilder<RecipeFile>();
        foreach (var property in given.EnumerateObject())
        {
            if (property.Value.ValueKind is not JsonValueKind.String)
            {
                request.Fail($"json: cannot unmarshal {property.Value.ValueKind switch { JsonValueKind.Number => "number", JsonValueKind.Object => "object", JsonValueKind.Array => "array", _ => "bool" }} into Go struct field {Type}.{field} of type string");
            }
            else if (!IsRelative(property.Name))
            {
                problem ??= "file path must be relative";
            }
            else if (!BlobDigest.TryParse(property.Value.GetString(), out var digest))
            {
                problem ??= "invalid digest format";
            }
            else
            {
                files.Add(RecipeFile.Blob(property.Name, digest));
            }
        }

        return files.ToImmutable();
    }

    // As Go's fs.ValidPath: no name may lead anywhere.
    private static bool IsRelative(string path) =>
        path.Length is > 0 and <= 4096 && !path.Contains('\0', StringComparison.Ordinal) && path.Split('/').All(static part => part is not ("" or "." or ".."));

    private static ImmutableArray<string> Licenses(GoObject request, out string? problem)
    {
        var given = request.Raw("license");
        problem = null;
        switch (given)
        {
            case null:
                return [];
            case { ValueKind: JsonValueKind.String } text:
                return [text.GetString()!];
            case { ValueKind: JsonValueKind.Array } array when array.EnumerateArray().All(static item => item.ValueKind is JsonValueKind.String):
                return [.. array.EnumerateArray().Select(static item => item.GetString()!)];
            default:
                problem = "'license' must be a text or an array of texts";
                return [];
        }
    }

    private static ImmutableArray<ModelfileMessage>? Messages(GoObject request) =>
        request.Raw("messages") is null ? null : [.. request.Array("messages", "[]api.Message").Select(message => MessageField.Read(message, request)).Select(static message => new ModelfileMessage(message.Role, message.Text))];

    /// <summary>The options, each of its type; unknown ones are kept, as Ollama keeps them.</summary>
    private static JsonElement? Parameters(GoObject request, out string? problem)
    {
        problem = null;
        if (request.Object("parameters", "map[string]interface {}") is not { } given)
        {
            return null;
        }

        var options = WireJson.Compose(writer =>
        {
            writer.WriteStartObject();
            foreach (var option in given.EnumerateObject().Where(static option => option.Value.ValueKind is not JsonValueKind.Null))
            {
                writer.WritePropertyName(option.Name);

                // Typed clients send a single stop word as a text.
                if (option.Value.ValueKind is JsonValueKind.String && ModelOptions.TryKind(option.Name, out var kind) && kind is OptionKind.Strings)
                {
                    writer.WriteStartArray();
                    option.Value.WriteTo(writer);
                    writer.WriteEndArray();
                }
                else
                {
                    option.Value.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        });
        using var document = JsonDocument.Parse(options);
        using var nothing = JsonDocument.Parse("{}"u8.ToArray());
        if (OllamaOptions.Parse(document.RootElement, out problem) is null)
        {
            return null;
        }

        // Sorted, so that the same options always have the same digest.
        return document.RootElement.EnumerateObject().Any() ? ModelOptions.Over(document.RootElement, nothing.RootElement) : null;
    }
}
