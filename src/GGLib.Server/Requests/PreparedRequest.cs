using GGLib.Catalog;
using GGLib.Catalog.Templates;

namespace GGLib.Server.Requests;

/// <summary>A request that has passed every check that needs no engine: <c>Preparation</c>'s result. Immutable.</summary>
internal sealed record PreparedRequest
{
    /// <summary>The request with the model's stored values applied, and with only the tools that may be called.</summary>
    public required InferenceRequest Request { get; init; }

    /// <summary>The model, with the request's own template when it brings one.</summary>
    public required CatalogModel Model { get; init; }

    /// <summary>The Go template in force, which gglib renders itself; null when the engine renders the conversation.</summary>
    public GoTemplate? GoTemplate { get; init; }

    /// <summary>The template's argument that turns thinking on and off; null when the model cannot think.</summary>
    public string? ThinkingSwitch { get; init; }

    /// <summary>Whether the model can think.</summary>
    public bool CanThink => ThinkingSwitch is not null;

    /// <summary>Whether the model thinks in this answer: it does unless the client disables it.</summary>
    public bool Thinks => CanThink && Request.Thinking?.Enabled is not false;
}
