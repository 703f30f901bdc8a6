using System.Collections.Immutable;
using System.Text.Json;
using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>
/// A row of the database without its facts, which are long and rarely change. Equal rows are the same model: nothing of it has
/// to be read again.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="Path">The first file's path.</param>
/// <param name="Choice"><c>auto</c>, <c>none</c> or <c>file</c>.</param>
/// <param name="ProjectorPath">The projector's path, attached or named.</param>
/// <param name="Files">The files as JSON; empty in a row from before they were written down.</param>
/// <param name="AddedTicks">When it was added.</param>
/// <param name="ChangedTicks">When it was found changed, or null.</param>
/// <param name="Revision">The revision of the facts.</param>
/// <param name="Profile">What is stored beside the files, as JSON; empty when nothing.</param>
/// <param name="Import">The path of the store that it was read from; empty for the user's own.</param>
internal sealed record StoredModel(
    ModelName Name, string Path, string Choice, string? ProjectorPath, string Files, long AddedTicks, long? ChangedTicks, long Revision, string Profile, string Import)
{
    private const string Automatic = "auto";
    private const string None = "none";
    private const string Named = "file";

    public ProjectorChoice Projector => Choice switch
    {
        None => ProjectorChoice.None,
        Named when ProjectorPath is not null => ProjectorChoice.File(ProjectorPath),
        _ => ProjectorChoice.Automatic,
    };

    public static StoredModel Of(CatalogModel model) => new(
        model.Name,
        model.Path,
        model.Projector.IsAutomatic ? Automatic : model.Projector.Path is null ? None : Named,
        model.ProjectorPath,
        JsonSerializer.Serialize(model.Files.Select(static file => new StoredFile(file.Path, file.Role, file.SizeBytes, file.ModifiedAt.UtcTicks)).ToList(), CatalogJson.Default.ListStoredFile),
        model.AddedAt.UtcTicks,
        model.ChangedAt?.UtcTicks,
        ModelFacts.Revision,
        model.Profile is { IsNone: true, MadeAt: null } ? "" : model.Profile.ToJson(),
        model.Store ?? "");

    /// <summary>The model, or one without files, which is never fresh, when row or facts are of another version or make no sense.</summary>
    public CatalogModel ToModel(string facts)
    {
        var (files, parsed) = Revision == ModelFacts.Revision ? Parse(facts) : ([], null);
        return ModelCandidate.Model(Name, Path, Projector, ModelProfile.FromJson(Profile), parsed is null ? [] : files, FromTicks(AddedTicks), parsed ?? new ModelFacts()) with
        {
            ChangedAt = ChangedTicks is { } ticks ? FromTicks(ticks) : null,
            Store = Import.Length > 0 ? Import : null,
        };
    }

    private static DateTimeOffset FromTicks(long ticks) => new(Math.Clamp(ticks, 0, DateTime.MaxValue.Ticks), TimeSpan.Zero);

    private (ImmutableArray<CatalogFile> Files, ModelFacts? Facts) Parse(string facts)
    {
        try
        {
            return Files.Length == 0
                ? ([], null)
                : ([.. JsonSerializer.Deserialize(Files, CatalogJson.Default.ListStoredFile)!.Select(static file => new CatalogFile(file.Path, file.Role, file.Size, FromTicks(file.Ticks)))],
                    JsonSerializer.Deserialize(facts, CatalogJson.Default.ModelFacts));
        }
        catch (JsonException)
        {
            return ([], null);
        }
    }
}
