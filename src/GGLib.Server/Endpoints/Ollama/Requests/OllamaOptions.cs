using System.Text.Json;
using GGLib.Catalog;
using GGLib.Engine.Launching;

namespace GGLib.Server.Endpoints.Ollama.Requests;

/// <summary>The <c>options</c> object: sampling and context. Unknown options are passed over. Source: Ollama's <c>docs/modelfile.md</c> and <c>api/types.go</c>.</summary>
internal sealed class OllamaOptions
{
    // Far more than any model drafts rightly.
    private const int MostDrafted = 1024;

    private readonly Dictionary<string, long> _integers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _floats = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _booleans = new(StringComparer.Ordinal);

    /// <summary>No option given.</summary>
    public static OllamaOptions None { get; } = new();

    /// <summary>Texts that end the answer; null when not given.</summary>
    public IReadOnlyList<string>? Stop { get; private set; }

    /// <summary>The context asked for, in tokens; null when not given or not positive.</summary>
    public int? ContextLength => Integer("num_ctx") is > 0 and var tokens ? (int)Math.Min(tokens, int.MaxValue) : null;

    /// <summary>What the model's launch must have, besides the context. Values that mean "decide yourself" say nothing.</summary>
    public LoadOptions Load => new()
    {
        GpuLayers = Whole("num_gpu", 0),
        MainGpu = Whole("main_gpu", 0),
        Threads = Whole("num_thread", 1),
        Batch = Whole("num_batch", 1),
        DraftTokens = Whole("draft_num_predict", 0) is { } tokens ? Math.Min(tokens, MostDrafted) : null,
        Mmap = _booleans.TryGetValue("use_mmap", out var mmap) ? mmap : null,
    };

    /// <summary>An integer option; null when not given.</summary>
    public long? Integer(string name) => _integers.TryGetValue(name, out var value) ? value : null;

    /// <summary>A floating point option; null when not given.</summary>
    public double? Float(string name) => _floats.TryGetValue(name, out var value) ? value : null;

    /// <summary>Reads the object.</summary>
    /// <returns>Null with Ollama's message when an option has the wrong type: its status is 500.</returns>
    public static OllamaOptions? Parse(JsonElement? options, out string? error)
    {
        error = null;
        if (options is not { } given)
        {
            return None;
        }

        var parsed = new OllamaOptions();
        foreach (var property in given.EnumerateObject())
        {
            if (property.Value.ValueKind is JsonValueKind.Null || !ModelOptions.TryKind(property.Name, out var kind))
            {
                continue;
            }

            if (!parsed.TrySet(property.Name, kind, property.Value))
            {
                error = kind is OptionKind.Strings && property.Value.ValueKind is JsonValueKind.Array
                    ? $"option \"{property.Name}\" must be of an array of strings"
                    : $"option \"{property.Name}\" must be of type {Name(kind)}";
                return null;
            }
        }

        return parsed;
    }

    /// <summary>These options, and where they say nothing of sampling those. What is of a launch is not taken over: a model's section has its say there by itself.</summary>
    public OllamaOptions Over(OllamaOptions lower)
    {
        if (ReferenceEquals(lower, None))
        {
            return this;
        }

        var merged = new OllamaOptions { Stop = Stop ?? lower.Stop };
        foreach (var (name, value) in lower._integers.Where(static pair => !IsOfLoad(pair.Key)).Concat(_integers))
        {
            merged._integers[name] = value;
        }

        foreach (var (name, value) in lower._floats.Concat(_floats))
        {
            merged._floats[name] = value;
        }

        foreach (var (name, value) in _booleans)
        {
            merged._booleans[name] = value;
        }

        return merged;
    }

    private static bool IsOfLoad(string name) => name is "num_ctx" or "num_batch" or "num_gpu" or "main_gpu" or "num_thread" or "draft_num_predict";

    private int? Whole(string name, int least) => Integer(name) is { } value && value >= least ? (int)Math.Min(value, int.MaxValue) : null;

    private bool TrySet(string name, OptionKind kind, JsonElement value)
    {
        switch (kind)
        {
            case OptionKind.Integer when value.ValueKind is JsonValueKind.Number:
                // Any number, cut toward zero.
                _integers[name] = (long)Math.Clamp(Math.Truncate(value.GetDouble()), long.MinValue, long.MaxValue);
                return true;
            case OptionKind.Float when value.ValueKind is JsonValueKind.Number:
                _floats[name] = Math.Clamp(value.GetDouble(), float.MinValue, float.MaxValue);
                return true;
            case OptionKind.Boolean when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                _booleans[name] = value.GetBoolean();
                return true;
            case OptionKind.Strings when value.ValueKind is JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String):
                Stop = [.. value.EnumerateArray().Select(item => item.GetString()!)];
                return true;
            default:
                return false;
        }
    }

    private static string Name(OptionKind kind) => kind switch
    {
        OptionKind.Integer => "integer",
        OptionKind.Float => "float32",
        OptionKind.Boolean => "boolean",
        _ => "array",
    };
}
