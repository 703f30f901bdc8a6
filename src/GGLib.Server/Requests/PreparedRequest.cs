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

    /// <summary>How the answer's tool calls are checked; empty where nothing is checked.</summary>
    public ToolCallRules CallRules { get; init; }

    /// <summary>Whether the answer's tool calls are held back until they have been checked. One answer of several is not checked.</summary>
    public bool ChecksCalls => !CallRules.IsEmpty && Request is { Tools.Count: > 0, ChoiceCount: 1 };

    /// <summary>Whether the model can think.</summary>
    public bool CanThink => ThinkingSwitch is not null;

    /// <summary>Whether the model thinks in this answer: it does unless the client disables it.</summary>
    public bool Thinks => CanThink && Request.Thinking?.Enabled is not false;

    /// <summary>Returns this request with a call of one of these tools forced, at once and without thinking; of any tool if it offers none of them.</summary>
    public PreparedRequest Forcing(IReadOnlyCollection<string> names)
    {
        var tools = Request.Tools.Where(tool => names.Contains(tool.Name)).ToList();
        return this with
        {
            Request = Request with
            {
                Tools = tools.Count == 0 ? Request.Tools : tools,
                ToolChoice = ToolChoice.Required,
                ParallelToolCalls = names.Count > 1 ? Request.ParallelToolCalls ?? true : false,
                Thinking = new ThinkingRequest(false),
            },
        };
    }
}
