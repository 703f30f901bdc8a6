using System.Globalization;
using GGLib.Catalog;
using GGLib.Gguf;

namespace GGLib.Rendering;

/// <summary>One model, a line a fact.</summary>
internal static class ModelPage
{
    /// <param name="screen">Where to.</param>
    /// <param name="model">The model.</param>
    /// <param name="sha256">What is known of a file's SHA-256.</param>
    public static void Print(Screen screen, CatalogModel model, Func<CatalogFile, string?> sha256)
    {
        var facts = model.Facts;
        screen.Line(screen.Paint.Bold(model.Name.Display));
        Fact("title", facts.Title);
        Fact("file", model.Path + model.State switch { FileState.Missing => " (missing)", FileState.Unreadable => " (no readable model any more)", _ => "" });
        Fact("source", SourceText.Of(model) + (model.Store is { } store ? $", {store}" : ""));
        Fact("parts", model.PartCount > 1 ? Quantity.Whole(model.PartCount) : null);
        Fact("projector", model.ProjectorPath);
        Fact("problem", model.Problem);
        Fact("made from", model.Profile.Parent);
        Fact("system", model.Profile.System);
        Fact("options", model.Profile.Parameters?.GetRawText());
        Fact("size", Quantity.Bytes(model.SizeBytes));
        Fact("modified", model.ModifiedAt.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
        Fact("changed", model.ChangedAt?.ToString("yyyy-MM-dd HH:mm:ss 'UTC, after it was added'", CultureInfo.InvariantCulture));
        Fact("architecture", facts.Architecture);
        Fact("parameters", facts.ParameterSize);
        Fact("quantisation", facts.Quantization);
        Fact("context", Tokens(facts.ContextLength));
        Fact("embedding", facts.EmbeddingLength > 0 ? Quantity.Whole(facts.EmbeddingLength) : null);
        Fact("layers", facts.BlockCount > 0 ? Quantity.Whole(facts.BlockCount) : null);
        Fact("capabilities", string.Join(", ", facts.Capabilities));
        Fact("thinking", Thinking(facts));
        Fact("template", (model.TemplateInForce ?? facts.ChatTemplate) is { } template ? $"yes, {Quantity.Whole(template.Length)} characters" : "none");
        Fact("license", model.Profile.License ?? facts.License);
        Fact("digest", model.Digest);
        Fact("sha256", model.Files is [var only] ? sha256(only) : null);

        void Fact(string label, string? value)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                screen.Line($"  {screen.Paint.Dim(label.PadRight(14))}{SafeText.OneLine(value, 4096)}");
            }
        }
    }

    private static string? Thinking(ModelFacts facts) => (facts.Thinking, facts.ThinkingSwitch) switch
    {
        (ThinkingKind.Always, _) => "always",
        (ThinkingKind.Switch, { } name) => $"on or off ({name})",
        (ThinkingKind.Levels, null) => "levels (reasoning_effort)",
        (ThinkingKind.Levels, { } name) => $"levels (reasoning_effort), on or off ({name})",
        _ => null,
    };

    private static string? Tokens(long tokens) => tokens > 0 ? $"{Quantity.Whole(tokens)} tokens" : null;
}
