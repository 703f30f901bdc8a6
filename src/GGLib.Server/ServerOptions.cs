using System.Text.Json;
using GGLib.Catalog.Registries;
using GGLib.Engine.Quantizing;
using GGLib.Server.Telemetry;

namespace GGLib.Server;

/// <summary>How the server presents itself. Immutable.</summary>
public sealed record ServerOptions
{
    /// <summary>The version whose contract is kept; clients parse it, so it is plain numbers.</summary>
    public const string DefaultOllamaVersion = "0.33.0";

    /// <summary>The address to listen on.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port to listen on; 0 takes a free one.</summary>
    public int Port { get; init; } = 11434;

    /// <summary>What <c>/api/version</c> answers (<c>GGLIB_OLLAMA_VERSION</c>).</summary>
    public string OllamaVersion { get; init; } = DefaultOllamaVersion;

    /// <summary>gglib's own version, in the header <c>X-GGLib-Version</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The llama-server that runs the models, shown in <c>/api/gglib/status</c>; null when that is not said.</summary>
    public string? EnginePath { get; init; }

    /// <summary>Its version line.</summary>
    public string? EngineVersion { get; init; }

    /// <summary>Converts weights for <c>/api/create</c>; null when nothing can.</summary>
    public QuantizeTool? Quantize { get; init; }

    /// <summary>Origins allowed besides the usual local ones (<c>OLLAMA_ORIGINS</c>), with <c>*</c> as wildcard.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Whether a request to think is passed over by a model that cannot; it is refused otherwise, as Ollama does.</summary>
    public bool LenientThinking { get; init; }

    /// <summary>
    /// Whether a model's conversations are rewritten where its template would reject, drop or reorder messages, by the model's display name. Called for each request, from any thread.
    /// </summary>
    public Func<string, bool> RewritesMessages { get; init; } = static _ => true;

    /// <summary>
    /// The options that a model has before any request, by the name people see, as an object of Ollama's option names; null when it has none. Asked at each request,
    /// from any thread.
    /// </summary>
    public Func<string, JsonElement?> ModelOptions { get; init; } = static _ => null;

    /// <summary>Where models are pulled from and pushed to.</summary>
    public TransferOptions Transfers { get; init; } = new();

    /// <summary>The largest request body, in bytes. Images and sounds come as base64 inside it.</summary>
    public long LargestBody { get; init; } = 256L << 20;

    /// <summary>Called once for each request that has ended, from any thread; null when nobody is told.</summary>
    public Action<RequestLine>? OnRequest { get; init; }
}
