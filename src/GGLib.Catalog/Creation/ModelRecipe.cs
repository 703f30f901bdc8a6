using System.Collections.Immutable;
using System.Text.Json;
using GGLib.Catalog.Modelfiles;

namespace GGLib.Catalog.Creation;

/// <summary>What a model is made of: what <c>POST /api/create</c> asks for and a Modelfile says. What is null is taken from the model it is made from. Immutable.</summary>
public sealed record ModelRecipe
{
    /// <summary>The name to give.</summary>
    public required ModelName Name { get; init; }

    /// <summary>A model of the catalog, or one to be fetched; null: the files alone.</summary>
    public string? From { get; init; }

    /// <summary>Weights and projector. Null when none are named, which is another mistake than naming no file.</summary>
    public ImmutableArray<RecipeFile>? Files { get; init; }

    /// <summary>LoRA adapters; null: as before.</summary>
    public ImmutableArray<RecipeFile>? Adapters { get; init; }

    /// <summary>The draft model for speculative decoding.</summary>
    public RecipeFile? Draft { get; init; }

    /// <summary>The prompt template; empty: the file's own.</summary>
    public string? Template { get; init; }

    /// <summary>The system prompt; empty: none.</summary>
    public string? System { get; init; }

    /// <summary>Options, an object of Ollama's names, laid over those there are.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>Licences, added to those there are.</summary>
    public ImmutableArray<string> Licenses { get; init; } = [];

    /// <summary>Messages that precede every conversation.</summary>
    public ImmutableArray<ModelfileMessage>? Messages { get; init; }

    /// <summary>The format to convert the weights to, such as <c>q4_K_M</c>.</summary>
    public string? Quantize { get; init; }

    /// <summary>The least version of Ollama that the model asks for.</summary>
    public string? Requires { get; init; }

    /// <summary>What is said of it in place of what its file says.</summary>
    public StatedFacts? Stated { get; init; }

    /// <summary>The recipe of a Modelfile. What it names is a file where there is one, else a model.</summary>
    /// <param name="name">The name to give.</param>
    /// <param name="file">The Modelfile.</param>
    /// <param name="folder">What relative paths count from.</param>
    /// <param name="problem">Why there is none, in one sentence.</param>
    public static ModelRecipe? Of(ModelName name, Modelfile file, string folder, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (ModelProfile.Of(file, out problem) is not { } profile)
        {
            return null;
        }

        var files = new List<RecipeFile>();
        string? from = null;
        foreach (var source in file.From)
        {
            if (Locate(source, folder) is { } path)
            {
                files.Add(RecipeFile.At(path));
            }
            else if (from is not null)
            {
                problem = $"FROM names two models, '{from}' and '{source}': one is the base, the others are files.";
                return null;
            }
            else if (LooksLikeAPath(source))
            {
                problem = $"There is no file '{source}'.";
                return null;
            }
            else
            {
                from = source;
            }
        }

        var adapters = new List<RecipeFile>();
        foreach (var adapter in file.Adapters)
        {
            if (Locate(adapter, folder) is not { } path)
            {
                problem = $"There is no adapter '{adapter}'.";
                return null;
            }

            adapters.Add(RecipeFile.At(path));
        }

        var draft = file.Draft is { } named ? Locate(named, folder) : null;
        if (file.Draft is not null && draft is null)
        {
            problem = $"There is no draft model '{file.Draft}'.";
            return null;
        }

        return new ModelRecipe
        {
            Name = name,
            From = from,
            Files = files.Count > 0 ? [.. files] : null,
            Adapters = adapters.Count > 0 ? [.. adapters] : null,
            Draft = draft is null ? null : RecipeFile.At(draft),
            Template = file.Template,
            System = file.System,
            Parameters = profile.Parameters,
            Licenses = file.Licenses,
            Messages = file.Messages.IsEmpty ? null : file.Messages,
            Requires = file.Requires,
        };
    }

    // As a shell would take it: a home folder, else counted from the Modelfile's folder.
    private static string? Locate(string text, string folder)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var path = text.StartsWith("~/", StringComparison.Ordinal)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), text[2..])
            : Path.Combine(folder, text);
        return File.Exists(path) ? Path.GetFullPath(path) : null;
    }

    private static bool LooksLikeAPath(string text) =>
        text.StartsWith('.') || text.StartsWith('~') || Path.IsPathFullyQualified(text) || text.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) || !ModelName.TryParse(text, out _);
}
