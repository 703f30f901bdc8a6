using System.Text.Json;
using GGLib.Catalog;
using GGLib.Catalog.Registries;
using GGLib.Engine.Quantizing;
using GGLib.Server.Telemetry;

namespace GGLib.Server;

/// <summary>Options of the server. Immutable.</summary>
public sealed record ServerOptions
{
    /// <summary>The version of Ollama's API that the server implements. Clients parse it, so it contains numbers only.</summary>
    public const string DefaultOllamaVersion = "0.33.0";

    /// <summary>The address to listen on.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port to listen on; 0 for any free port.</summary>
    public int Port { get; init; } = 11434;

    /// <summary>The version that <c>/api/version</c> returns (<c>GGLIB_OLLAMA_VERSION</c>).</summary>
    public string OllamaVersion { get; init; } = DefaultOllamaVersion;

    /// <summary>gglib's own version, in the header <c>X-GGLib-Version</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The llama-server that runs the models, shown in <c>/api/gglib/status</c>; null if unknown.</summary>
    public string? EnginePath { get; init; }

    /// <summary>Its version line; null if unknown.</summary>
    public string? EngineVersion { get; init; }

    /// <summary>Quantizes weights for <c>/api/create</c>; null if no tool is available.</summary>
    public QuantizeTool? Quantize { get; init; }

    /// <summary>Allowed origins in addition to the local ones (<c>OLLAMA_ORIGINS</c>), with <c>*</c> as wildcard.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Whether a request to think is ignored by a model that cannot think. Otherwise it is rejected, as in Ollama.</summary>
    public bool LenientThinking { get; init; }

    /// <summary>
    /// Whether a model's conversations are rewritten where its template would reject, drop or reorder messages, by the model's display name. Called for each request, from any thread.
    /// </summary>
    public Func<string, bool> RewritesMessages { get; init; } = static _ => true;

    /// <summary>Whether a model is asked again for an invalid tool call, by the model's display name. Called for each request, from any thread.</summary>
    public Func<string, bool> RepairsToolCalls { get; init; } = static _ => false;

    /// <summary>The number of identical tool calls in a row that ends a model's turn, by the model's display name; 0 for no limit. Called for each request, from any thread.</summary>
    public Func<string, int> ToolCallLoopLimit { get; init; } = static _ => 0;

    /// <summary>
    /// Returns the configured options of a model by its display name, as an object with Ollama's option names; null if it has none. Called for each request, from any thread.
    /// </summary>
    public Func<string, JsonElement?> ModelOptions { get; init; } = static _ => null;

    /// <summary>The maximum number of responses that are stored for later requests; 0 stores none.</summary>
    public int StoredResponses { get; init; } = 1000;

    /// <summary>The maximum memory of stored responses, in bytes.</summary>
    public long StoredResponsesBytes { get; init; } = 64L << 20;

    /// <summary>Settings for pulling and pushing models.</summary>
    public TransferOptions Transfers { get; init; } = new();

    /// <summary>The largest request body in bytes. Images and audio are base64 inside it.</summary>
    public long LargestBody { get; init; } = 256L << 20;

    /// <summary>Called once for each request that has ended, from any thread; null to report none.</summary>
    public Action<RequestLine>? OnRequest { get; init; }

    /// <summary>Returns a model's options before any request: the configured ones override the stored ones. Null if there are none.</summary>
    internal JsonElement? OptionsOf(CatalogModel model) => Catalog.ModelOptions.Over(ModelOptions(model.Name.Display), model.Profile.Parameters);
}
