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
    /// <summary>All models whose files exist, newest first. From memory.</summary>
    public IEnumerable<CatalogModel> List() => catalog.List().Where(model => !model.IsMissing);

    /// <summary>
    /// Awaited before <see cref="Find"/> by code that may run on the socket thread: continues on the thread pool unless the model can be found without waiting.
    /// </summary>
    public PoolThread ReadyToFind(string name) => new(stays: catalog.IsAtHand(name));

    /// <summary>The model that a client's name refers to, or null.</summary>
    public CatalogModel? Find(string name) => catalog.Find(name) is { IsMissing: false } model ? model : null;

    /// <summary>The engine's view of a model. The digest is part of the key: a file that changed is another model and is loaded again.</summary>
    public static EngineModel ForEngine(CatalogModel model)
    {
        var stored = OllamaOptions.Parse(model.Profile.Parameters, out _) ?? OllamaOptions.None;
        return new EngineModel
        {
            Key = KeyOf(model),
            Name = model.Name.Display,
            Path = model.Path,
            ProjectorPath = model.ProjectorPath,
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

    /// <summary>The engine's view of a model as a request wants it: with a template of its own it is a variant, which does not replace the loaded model.</summary>
    public EngineModel ForRequest(CatalogModel model) => ForEngine(model) with { IsVariant = Find(model.Name.Display) is { } stored && stored.RunDigest != model.RunDigest };

    /// <summary>The engine's key of a model.</summary>
    public static string KeyOf(CatalogModel model) => $"{model.Name.Display}@{model.RunDigest[..12]}";
}
