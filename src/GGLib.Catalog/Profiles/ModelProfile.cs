using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using GGLib.Catalog.Modelfiles;
using GGLib.Catalog.Templates;

namespace GGLib.Catalog;

/// <summary>What is stored of a model beside its files: all that a Modelfile says after <c>FROM</c>. Immutable.</summary>
public sealed record ModelProfile
{
    /// <summary>Nothing stored.</summary>
    public static ModelProfile None { get; } = new();

    /// <summary>The prompt template, as Go or Jinja text; null when the file's own counts.</summary>
    public string? Template { get; init; }

    /// <summary>
    /// Whether the file's own chat template, where it has one, goes before <see cref="Template"/>. So it is with published models: their Go text tells Ollama's renderer
    /// what the file's Jinja text tells llama-server, which also reads tool calls and thinking by it.
    /// </summary>
    public bool PrefersFileTemplate { get; init; }

    /// <summary>The system prompt of conversations that bring none, or null.</summary>
    public string? System { get; init; }

    /// <summary>Options for requests that do not say otherwise, an object of Ollama's names; null when there are none.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>The texts of the licences.</summary>
    public ImmutableArray<string> Licenses { get; init; } = [];

    /// <summary>Messages that precede every conversation.</summary>
    public ImmutableArray<ModelfileMessage> Messages { get; init; } = [];

    /// <summary>Absolute paths of LoRA adapters to apply.</summary>
    public ImmutableArray<string> Adapters { get; init; } = [];

    /// <summary>The absolute path of the draft model for speculative decoding, or null.</summary>
    public string? Draft { get; init; }

    /// <summary>The model that this one was made from, as its maker named it; null when none.</summary>
    public string? Parent { get; init; }

    /// <summary>The least version of Ollama that the model asks for, or null.</summary>
    public string? Requires { get; init; }

    /// <summary>What its maker says of it in place of what the file says, or null.</summary>
    public StatedFacts? Stated { get; init; }

    /// <summary>Where it came from, for people: a registry's name, a store's; null for a file that was added.</summary>
    public string? Source { get; init; }

    /// <summary>Whether <see cref="Source"/> may be asked over plain HTTP, as it was allowed when the model was pulled. It takes no part in the digest.</summary>
    public bool AllowsPlainHttp { get; init; }

    /// <summary>The SHA-256 of the registry's manifest, 64 lower-case hexadecimal digits: the model's digest as Ollama's users know it. Null when there is none.</summary>
    public string? ManifestDigest { get; init; }

    /// <summary>
    /// The SHA-256 of the blobs that came with a pull and are not files of the model: texts, whose content stands above, and the configuration. They stay for the next pull
    /// and go with the model. They take no part in the digest.
    /// </summary>
    public ImmutableArray<string> TextBlobs { get; init; } = [];

    /// <summary>
    /// When the model was made, in UTC: created or copied, which its files do not tell; null for a file that was added. It takes no part in the digest.
    /// </summary>
    public DateTimeOffset? MadeAt { get; init; }

    /// <summary>Whether nothing is stored but perhaps <see cref="MadeAt"/>.</summary>
    [JsonIgnore]
    public bool IsNone => Template is null && System is null && Parameters is null && Licenses.IsEmpty && Messages.IsEmpty && Adapters.IsEmpty
        && Draft is null && Stated is null && Parent is null && Requires is null && Source is null && ManifestDigest is null;

    /// <summary>The licences as one text; null when there is none.</summary>
    [JsonIgnore]
    public string? License => Licenses.IsEmpty ? null : string.Join('\n', Licenses);

    /// <summary>What a Modelfile stores of a model, but for files: adapters and draft model are the caller's to find.</summary>
    /// <param name="file">The Modelfile.</param>
    /// <param name="problem">Why there is none, in one sentence: a parameter or a template that makes no sense.</param>
    public static ModelProfile? Of(Modelfile file, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(file);
        var parameters = ModelOptions.Parse(file.Parameters, out problem);
        problem ??= file.Template is { } template ? TemplateProblemOf(template) : null;
        return problem is not null ? null : new ModelProfile
        {
            Template = file.Template is { Length: > 0 } text ? text : null,
            System = file.System is { Length: > 0 } system ? system : null,
            Parameters = parameters,
            Licenses = file.Licenses,
            Messages = file.Messages,
            Requires = file.Requires,
        };
    }

    /// <summary>What is wrong with a template's text, with its place; null when nothing is, or when it is Jinja, which only llama-server can tell.</summary>
    public static string? TemplateProblemOf(string template) =>
        TemplateDialect.Of(template) is TemplateLanguage.Go ? GoTemplate.Parse(template).Problem?.ToString() : null;

    /// <summary>What of it a digest is made of: the same for all models that are the same but for when they were made.</summary>
    internal string DigestText() => IsNone ? "" : (this with { MadeAt = null, AllowsPlainHttp = false, TextBlobs = default }).ToJson();

    /// <summary>As the database has it; the same profile always gives the same text.</summary>
    internal string ToJson() => JsonSerializer.Serialize(this, CatalogJson.Verbatim.ModelProfile);

    /// <summary>Reads what <see cref="ToJson"/> wrote. What makes no sense counts as nothing: a profile must not take its model away.</summary>
    internal static ModelProfile FromJson(string json)
    {
        if (json.Length == 0)
        {
            return None;
        }

        try
        {
            return JsonSerializer.Deserialize(json, CatalogJson.Verbatim.ModelProfile) is { } profile ? profile.WithoutDefaults() : None;
        }
        catch (JsonException)
        {
            return None;
        }
    }

    // Absent arrays are read as default ones, which cannot be walked.
    private ModelProfile WithoutDefaults() => this with
    {
        Licenses = Licenses.IsDefault ? [] : Licenses,
        Messages = Messages.IsDefault ? [] : Messages,
        Adapters = Adapters.IsDefault ? [] : Adapters,
        TextBlobs = TextBlobs.IsDefault ? [] : TextBlobs,
    };
}
