using System.Text.Json;
using GGLib.Catalog;
using GGLib.Engine.Launching;

namespace GGLib.Server.Requests;

/// <summary>Sampling and launch options under Ollama's names. Immutable once created. Source: Ollama's <c>docs/modelfile.md</c> and <c>api/types.go</c>.</summary>
internal sealed class OllamaOptions
{
    // Far more than any model drafts correctly.
    private const int MostDrafted = 1024;

    private readonly Dictionary<string, long> _integers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _floats = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _booleans = new(StringComparer.Ordinal);

    /// <summary>No option given.</summary>
    public static OllamaOptions None { get; } = new();

    /// <summary>Stop sequences; null when not given.</summary>
    public IReadOnlyList<string>? Stop { get; private set; }

    /// <summary>The requested context in tokens; null when not given or not positive.</summary>
    public int? ContextLength => Integer("num_ctx") is > 0 and var tokens ? (int)Math.Min(tokens, int.MaxValue) : null;

    /// <summary>The launch options besides the context. Values that mean "automatic" are left out.</summary>
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

    /// <summary>Reads an <c>options</c> object. Unknown options are ignored, as Ollama ignores them.</summary>
    /// <returns>Null with Ollama's message when an option has the wrong type.</returns>
    public static OllamaOptions? Parse(JsonElement? options, out string? error)
    {
        error = null;
        return options is { } given ? Of(given.EnumerateObject().Select(static property => new ForwardedField(property.Name, property.Value)), acceptsText: false, out error, out _) : None;
    }

    /// <summary>Creates options from values that a dialect spells differently. Unknown names and null values are ignored; a single string is accepted for <c>stop</c>.</summary>
    /// <param name="fields">Names as in <see cref="ModelOptions"/>; of several with one name the last counts.</param>
    /// <param name="error">Ollama's message when a value has the wrong type; null when none has.</param>
    /// <param name="wrong">The name of the option that has the wrong type.</param>
    public static OllamaOptions? Of(IEnumerable<ForwardedField> fields, out string? error, out string? wrong) => Of(fields, acceptsText: true, out error, out wrong);

    /// <inheritdoc cref="Of(IEnumerable{ForwardedField}, out string?, out string?)"/>
    public static OllamaOptions? Of(IEnumerable<ForwardedField> fields, out string? error) => Of(fields, out error, out _);

    private static OllamaOptions? Of(IEnumerable<ForwardedField> fields, bool acceptsText, out string? error, out string? wrong)
    {
        wrong = null;
        var parsed = new OllamaOptions();
        foreach (var (name, value) in fields)
        {
            if (value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined || !ModelOptions.TryKind(name, out var kind))
            {
                continue;
            }

            if (acceptsText && kind is OptionKind.Strings && value.ValueKind is JsonValueKind.String)
            {
                parsed.Stop = value.GetString() is { Length: > 0 } stop ? [stop] : null;
                continue;
            }

            if (!parsed.TrySet(name, kind, value))
            {
                wrong = name;
                error = kind is OptionKind.Strings && value.ValueKind is JsonValueKind.Array
                    ? $"option \"{name}\" must be of an array of strings"
                    : $"option \"{name}\" must be of type {Name(kind)}";
                return null;
            }
        }

        error = null;
        return parsed;
    }

    /// <summary>These options, with <paramref name="lower"/>'s for sampling where they set none. Launch options of <paramref name="lower"/> are not taken over: the engine settings of a model apply those.</summary>
    public OllamaOptions Over(OllamaOptions lower)
    {
        if (ReferenceEquals(lower, None))
        {
            return this;
        }

        var merged = new OllamaOptions { Stop = Stop ?? lower.Stop };
        foreach (var (name, value) in lower._integers.Where(static pair => !IsLaunchOption(pair.Key)).Concat(_integers))
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

    private static bool IsLaunchOption(string name) => name is "num_ctx" or "num_batch" or "num_gpu" or "main_gpu" or "num_thread" or "draft_num_predict";

    private int? Whole(string name, int least) => Integer(name) is { } value && value >= least ? (int)Math.Min(value, int.MaxValue) : null;

    private bool TrySet(string name, OptionKind kind, JsonElement value)
    {
        switch (kind)
        {
            case OptionKind.Integer when value.ValueKind is JsonValueKind.Number:
                // Any number, truncated toward zero.
                _integers[name] = (long)Math.Clamp(Math.Truncate(value.GetDouble()), long.MinValue, long.MaxValue);
                return true;
            case OptionKind.Float when value.ValueKind is JsonValueKind.Number:
                _floats[name] = Math.Clamp(value.GetDouble(), float.MinValue, float.MaxValue);
                return true;
            case OptionKind.Boolean when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                _booleans[name] = value.GetBoolean();
                return true;
            case OptionKind.Strings when value.ValueKind is JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String):
                // An empty sequence would end every answer at once: it counts as absent.
                string[] stops = [.. value.EnumerateArray().Select(static item => item.GetString()!).Where(static item => item.Length > 0)];
                Stop = stops.Length > 0 || value.GetArrayLength() == 0 ? stops : null;
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
