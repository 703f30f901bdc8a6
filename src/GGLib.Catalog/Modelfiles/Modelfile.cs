using System.Collections.Immutable;

namespace GGLib.Catalog.Modelfiles;

/// <summary>What a Modelfile says, in the order in which it says it. Immutable. Source: Ollama's documentation of the Modelfile.</summary>
public sealed record Modelfile
{
    /// <summary>What <c>FROM</c> names: a model, or files; the first is the base.</summary>
    public ImmutableArray<string> From { get; init; } = [];

    /// <summary>The <c>PARAMETER</c> lines. A name may come several times, as <c>stop</c> does.</summary>
    public ImmutableArray<ModelfileParameter> Parameters { get; init; } = [];

    /// <summary>The prompt template, as Go or Jinja text; null when the model's own counts.</summary>
    public string? Template { get; init; }

    /// <summary>The system prompt, or null.</summary>
    public string? System { get; init; }

    /// <summary>The texts of the licences.</summary>
    public ImmutableArray<string> Licenses { get; init; } = [];

    /// <summary>Messages that precede every conversation.</summary>
    public ImmutableArray<ModelfileMessage> Messages { get; init; } = [];

    /// <summary>LoRA adapters to apply.</summary>
    public ImmutableArray<string> Adapters { get; init; } = [];

    /// <summary>The draft model for speculative decoding, or null.</summary>
    public string? Draft { get; init; }

    /// <summary>The least version of Ollama that the model asks for, or null.</summary>
    public string? Requires { get; init; }
}
