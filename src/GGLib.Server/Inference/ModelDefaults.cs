using System.Text.Json;
using GGLib.Catalog;
using GGLib.Server.Requests;

namespace GGLib.Server.Inference;

/// <summary>A model's options before any request: the configured ones, which override the stored ones.</summary>
internal sealed class ModelDefaults(ServerOptions options)
{
    /// <summary>The options; null when there are none.</summary>
    public JsonElement? Of(CatalogModel model) => ModelOptions.Over(options.ModelOptions(model.Name.Display), model.Profile.Parameters);

    /// <summary>The same, parsed: a request's options override them.</summary>
    public OllamaOptions Under(CatalogModel model) => OllamaOptions.Parse(Of(model), out _) ?? OllamaOptions.None;
}
