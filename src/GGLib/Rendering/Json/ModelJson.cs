using System.Text.Json;
using System.Text.Json.Serialization;
using GGLib.Catalog;
using GGLib.Gguf;

namespace GGLib.Rendering.Json;

/// <summary>A model of the library, for scripts. Numbers are raw and times in UTC.</summary>
internal sealed record ModelJson
{
    public required string Name { get; init; }

    public required string Path { get; init; }

    /// <summary>Where it came from: <c>file</c>, <c>ollama</c>, <c>hf</c>, <c>lmstudio</c>, <c>folder</c>, or a registry's name.</summary>
    public required string Source { get; init; }

    /// <summary>The other program's folder that it is read from, and goes with.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Store { get; init; }

    public required long SizeBytes { get; init; }

    public required DateTimeOffset ModifiedAt { get; init; }

    public required DateTimeOffset AddedAt { get; init; }

    /// <summary><c>ready</c>, <c>missing</c> or <c>unreadable</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why it cannot be used.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Problem { get; init; }

    /// <summary>When the file was found to be another one than was added.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ChangedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ProjectorPath { get; init; }

    /// <summary>All files: weights, of a split model every part, and the projector.</summary>
    public required IReadOnlyList<ModelFileJson> Files { get; init; }

    public required string Digest { get; init; }

    public required string Architecture { get; init; }

    public required long ParameterCount { get; init; }

    public required string ParameterSize { get; init; }

    public required string Quantization { get; init; }

    public required long ContextLength { get; init; }

    public required long EmbeddingLength { get; init; }

    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary><c>always</c>, <c>switch</c> or <c>levels</c>; absent when the model does not think.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Thinking { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Title { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? License { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ChatTemplate { get; init; }

    /// <summary>The model it was made from.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ParentModel { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? System { get; init; }

    /// <summary>The options stored with it, by Ollama's names.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Parameters { get; init; }

    /// <param name="model">The model.</param>
    /// <param name="whole">Whether the long texts come along: a list is not the place for them.</param>
    /// <param name="sha256">What is known of a file's SHA-256; null: not asked for.</param>
    public static ModelJson Of(CatalogModel model, bool whole, Func<CatalogFile, string?>? sha256 = null) => new()
    {
        Name = model.Name.Display,
        Path = model.Path,
        Source = SourceText.Of(model),
        Store = model.Store,
        SizeBytes = model.SizeBytes,
        ModifiedAt = model.ModifiedAt,
        AddedAt = model.AddedAt,
        State = model.State switch { FileState.Ready => "ready", FileState.Missing => "missing", _ => "unreadable" },
        Problem = model.Problem,
        ChangedAt = model.ChangedAt,
        ProjectorPath = model.ProjectorPath,
        Files = [.. model.Files.Select(file => new ModelFileJson(file.Path, Role(file.Role), file.SizeBytes, file.ModifiedAt, sha256?.Invoke(file)))],
        Digest = model.Digest,
        Architecture = model.Facts.Architecture,
        ParameterCount = model.Facts.ParameterCount,
        ParameterSize = model.Facts.ParameterSize,
        Quantization = model.Facts.Quantization,
        ContextLength = model.Facts.ContextLength,
        EmbeddingLength = model.Facts.EmbeddingLength,
        Capabilities = model.Facts.Capabilities,
        Thinking = model.Facts.Thinking switch { ThinkingKind.Always => "always", ThinkingKind.Switch => "switch", ThinkingKind.Levels => "levels", _ => null },
        Title = whole ? model.Facts.Title : null,
        License = whole ? model.Profile.License ?? model.Facts.License : null,
        ChatTemplate = whole ? model.TemplateInForce ?? model.Facts.ChatTemplate : null,
        ParentModel = model.Profile.Parent,
        System = whole ? model.Profile.System : null,
        Parameters = whole ? model.Profile.Parameters : null,
    };

    private static string Role(FileRole role) => role switch { FileRole.Projector => "projector", FileRole.Adapter => "adapter", FileRole.Draft => "draft", _ => "weights" };
}
