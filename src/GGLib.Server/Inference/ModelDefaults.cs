using System.Text.Json;
using GGLib.Catalog;
using GGLib.Server.Endpoints.Ollama.Requests;

namespace GGLib.Server.Inference;

/// <summary>The options that a model has before any request.</summary>
internal sealed class ModelDefaults(ServerOptions options)
{
    /// <summary>As they are configured; null when there are none.</summary>
    public JsonElement? Of(CatalogModel model) => options.ModelOptions(model.Name.Display);

    /// <summary>What a request's options are laid over.</summary>
    public OllamaOptions Under(CatalogModel model) => OllamaOptions.Parse(Of(model), out _) ?? OllamaOptions.None;
}
