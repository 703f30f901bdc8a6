using System.Text.Json;
using GGLib.Catalog;
using GGLib.Server.Requests;

namespace GGLib.Server.Inference;

/// <summary>The options that a model has before any request: those configured, over those stored with it.</summary>
internal sealed class ModelDefaults(ServerOptions options)
{
    /// <summary>The options; null when there are none.</summary>
    public JsonElement? Of(CatalogModel model) => ModelOptions.Over(options.ModelOptions(model.Name.Display), model.Profile.Parameters);

    /// <summary>What a request's options are laid over.</summary>
    public OllamaOptions Under(CatalogModel model) => OllamaOptions.Parse(Of(model), out _) ?? OllamaOptions.None;
}
