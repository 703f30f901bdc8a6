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
/// <param name="BadDigest">Whether a file's digest is malformed, which is only found out when the files are read; <paramref name="Problem"/> is then for later.</param>
/// <param name="Streams">Whether each step is told.</param>
internal sealed record CreateRequest(ModelRecipe Recipe, string? Problem, bool BadDigest, bool Streams)
{
    /// <summary>Ollama's words for a malformed digest.</summary>
    public const string InvalidDigest = "invalid digest format";

    private const string Type = "CreateRequest";
    private const int MostNested = 32;

    /// <summary>Reads the request; null with an error that comes before any answer has begun.</summary>
    public static CreateRequest? Read(JsonElement value, out string? error)
    {
        var request = new GoObject(value, Type);
        var (model, deprecated) = (request.String("model"), request.String("name"));
        var asked = model.Length > 0 ? model : deprecated;
        var streams = request.Bool("stream") ?? true;
        var badDigest = false;
        string? badPath = null;
        var files = Files(request, "files", ref badPath, ref badDigest);
        var draft = Files(request, "draft_files", ref badPath, ref badDigest);
        string? badAdapter = null;
        var adapters = Files(request, "adapters", ref badAdapter, ref badDigest);
        var licenses = Licenses(request, out var licenseProblem);
        var parameters = Parameters(request, out var parameterProblem);
        var (quantize, quantization, remote) = (request.String("quantize"), request.OptionalString("quantization"), request.String("remote_host"));

        // Not used: gglib renders with templates and recognizes calls by them, and no draft model is quantized.
        _ = (request.String("renderer"), request.String("parser"), request.String("draft_quantize"));
        var problem = badAdapter ?? licenseProblem ?? parameterProblem
            ?? (remote.Length > 0 ? "models that run elsewhere are not served here: 'remote_host' cannot be used" : null)
            ?? (draft is { Length: > 1 } ? "only one draft model is currently supported" : null);
        // Checked last: the types of all fields come first.
        var isNamed = ModelLibrary.TryName(asked, out var name);
        var recipe = new ModelRecipe
        {
            Name = name!,
            From = request.OptionalString("from"),
            Files = files,
            Adapters = adapters,
            Draft = draft is [var one, ..] ? one : null,
            Template = request.OptionalString("template"),
            System = request.OptionalString("system"),
            Parameters = parameters,
            Licenses = licenses,
            Messages = Messages(request),
            Quantize = quantize.Length > 0 ? quantize : quantization,
            Requires = request.OptionalString("requires"),
            Stated = request.Object("info", "map[string]interface {}") is { } info ? StatedFacts.Of(info) : null,
        };
        error = request.Error ?? badPath ?? (isNamed ? null : "invalid model name");
        return error is null ? new CreateRequest(recipe, problem, badDigest, streams) : null;
    }

    /// <param name="request">The request.</param>
    /// <param name="field">The field.</param>
    /// <param name="problem">What is wrong with a path, or that a digest is empty.</param>
    /// <param name="badDigest">Whether a digest is malformed.</param>
    private static ImmutableArray<RecipeFile>? Files(GoObject request, string field, ref string? problem, ref bool badDigest)
    {
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
            else if (property.Value.ValueEquals(""u8))
            {
                problem ??= InvalidDigest;
            }
            else if (!BlobDigest.TryParse(property.Value.GetString(), out var digest))
            {
                badDigest = true;
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
        request.Raw("messages") is null ? null : [.. request.Array("messages", "[]api.Message").Select(message => ChatReader.ReadMessage(message, request)).Select(static message => new ModelfileMessage(message.Role, message.Text))];

    // Bodies are nested at most 256 deep.
    private static int Depth(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => 1 + value.EnumerateObject().Select(static member => Depth(member.Value)).DefaultIfEmpty().Max(),
        JsonValueKind.Array => 1 + value.EnumerateArray().Select(Depth).DefaultIfEmpty().Max(),
        _ => 0,
    };

    /// <summary>The options, each of its type; unknown ones are kept, as Ollama keeps them.</summary>
    private static JsonElement? Parameters(GoObject request, out string? problem)
    {
        problem = null;
        if (request.Object("parameters", "map[string]interface {}") is not { } given)
        {
            return null;
        }

        // The catalog stores them, and reads them with the usual limit.
        if (given.EnumerateObject().Any(static option => Depth(option.Value) > MostNested))
        {
            problem = "parameters are nested too deeply";
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
