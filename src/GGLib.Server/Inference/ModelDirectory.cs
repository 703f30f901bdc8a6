using GGLib.Catalog;
using GGLib.Catalog.Templates;
using GGLib.Engine.Launching;
using GGLib.Gguf;
using GGLib.Server.Requests;
using GGLib.Server.Threads;

namespace GGLib.Server.Inference;

/// <summary>The catalog's models, and the engine's view of each.</summary>
public sealed class ModelDirectory(ModelCatalog catalog)
{
    /// <summary>Returns all models whose files exist, newest first, from memory.</summary>
    public IEnumerable<CatalogModel> List() => catalog.List().Where(model => !model.IsMissing);

    /// <summary>
    /// Code that may run on the socket thread awaits this before <see cref="Find"/>. It continues on the thread pool unless the model can be found without blocking.
    /// </summary>
    public PoolThread EnsureLookupThread(string name) => new(stays: catalog.IsAtHand(name));

    /// <summary>Finds a model by the name that a client wrote; null if there is none.</summary>
    public CatalogModel? Find(string name) => catalog.Find(name) is { IsMissing: false } model ? model : null;

    /// <summary>Returns the engine's view of a model. Its key contains the digest, so a changed file counts as another model and is loaded again.</summary>
    public static EngineModel ForEngine(CatalogModel model)
    {
        var stored = OllamaOptions.Parse(model.Profile.Parameters, out _) ?? OllamaOptions.None;
        return new EngineModel
        {
            Key = KeyOf(model),
            Name = model.Name.Display,
            Path = model.Path,
            ProjectorPath = model.ProjectorPath,
            IsVariant = model.IsVariant,
            IsEmbedding = model.Facts.Can(Capability.Embedding),
            IsReranker = model.Facts.IsReranker,
            SizeBytes = model.SizeBytes,
            TrainingContext = (int)Math.Min(model.Facts.ContextLength, int.MaxValue),
            KvBytesPerToken = model.Facts.KvBytesPerToken,
            AdapterPaths = [.. model.Files.Where(static file => file.Role is FileRole.Adapter).Select(static file => file.Path)],
            DraftPath = model.Files.FirstOrDefault(static file => file.Role is FileRole.Draft)?.Path,
            ChatTemplate = model.TemplateInForce is { } template && TemplateDialect.Of(template) is TemplateLanguage.Jinja ? template : null,
            Stored = stored.Load,
            StoredContext = stored.ContextLength,
        };
    }

    /// <summary>Returns the engine's key of a model.</summary>
    public static string KeyOf(CatalogModel model) => $"{model.Name.Display}@{model.RunDigest[..12]}";
}
