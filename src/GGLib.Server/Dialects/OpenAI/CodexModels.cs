using System.Text.Json;
using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Server.Inference;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>
/// Writes the <c>models</c> that Codex requests with <c>?client_version=</c>. Codex rejects the whole list when a required member is missing or a word is unknown to it, and then
/// assumes a context of 272,000 tokens. The members are those that Codex 0.171.0 and its predecessors require, and the words are those that both know. Source: the decoding errors of
/// the published program.
/// </summary>
internal static class CodexModels
{
    // The most tokens of a tool's output that Codex keeps for its own models.
    private const int ToolOutputLimit = 10_000;

    // Required. Codex sends it with every request in place of its built-in instructions.
    private const string BaseInstructions =
        """
        You are a coding agent that works in the user's terminal. Use the tools to read files, run commands and edit files in the working directory.

        - Read the relevant code before you change it.
        - Make the smallest change that solves the task, in the style of the surrounding code.
        - Check your work with the project's own build and tests where possible.
        - Continue until the task is complete. Then say in a few sentences what you changed and what you could not check.
        - Do not run destructive commands, and do not revert changes that you did not make, unless the user asks for it.
        """;

    /// <summary>Writes the member <c>models</c>: the models that generate text.</summary>
    /// <param name="writer">Inside an object.</param>
    /// <param name="models">The models in the order of the list.</param>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<ModelWithContext> models)
    {
        writer.WriteStartArray("models"u8);
        var priority = 0;
        foreach (var model in models.Where(static model => model.Model.Facts.Can(Capability.Completion)))
        {
            Write(writer, model, model.Model.Name.Display, "list", priority);
            if (ShortNameOf(model.Model.Name) is { } alias)
            {
                // Codex finds a model by the text that the user chose, which can lack the tag.
                Write(writer, model, alias, "hide", priority);
            }

            priority++;
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, ModelWithContext served, string slug, string visibility, int priority)
    {
        var (model, context) = served;
        writer.WriteStartObject();
        writer.WriteString("slug"u8, slug);
        writer.WriteString("display_name"u8, slug);
        writer.WriteNull("description"u8);
        WriteThinking(writer, model.Facts);
        writer.WriteString("shell_type"u8, "shell_command"u8);
        writer.WriteString("visibility"u8, visibility);
        writer.WriteBoolean("supported_in_api"u8, true);
        writer.WriteNumber("priority"u8, priority);
        writer.WriteNull("availability_nux"u8);
        writer.WriteNull("upgrade"u8);
        writer.WriteString("base_instructions"u8, BaseInstructions);
        writer.WriteBoolean("support_verbosity"u8, false);
        writer.WriteNull("default_verbosity"u8);
        writer.WriteString("apply_patch_tool_type"u8, model.Facts.Can(Capability.Tools) ? "freeform" : null);
        writer.WriteStartObject("truncation_policy"u8);
        writer.WriteString("mode"u8, "tokens"u8);
        // One tool's output must not fill a small context.
        writer.WriteNumber("limit"u8, Math.Min(ToolOutputLimit, context / 4));
        writer.WriteEndObject();
        writer.WriteBoolean("supports_parallel_tool_calls"u8, false);
        writer.WriteNumber("context_window"u8, context);
        writer.WriteNumber("max_context_window"u8, context);
        writer.WriteNull("auto_compact_token_limit"u8);
        writer.WriteStartArray("input_modalities"u8);
        writer.WriteStringValue("text"u8);
        if (model.Facts.Can(Capability.Vision))
        {
            writer.WriteStringValue("image"u8);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("experimental_supported_tools"u8);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteThinking(Utf8JsonWriter writer, ModelFacts facts)
    {
        var thinks = facts.Can(Capability.Thinking);
        writer.WriteString("default_reasoning_level"u8, thinks ? "medium" : null);
        writer.WriteStartArray("supported_reasoning_levels"u8);
        if (thinks)
        {
            WriteLevel(writer, "low"u8, "Short reasoning"u8);
            WriteLevel(writer, "medium"u8, "Moderate reasoning"u8);
            WriteLevel(writer, "high"u8, "Thorough reasoning"u8);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("supports_reasoning_summaries"u8, thinks);
    }

    private static void WriteLevel(Utf8JsonWriter writer, ReadOnlySpan<byte> effort, ReadOnlySpan<byte> description)
    {
        writer.WriteStartObject();
        writer.WriteString("effort"u8, effort);
        writer.WriteString("description"u8, description);
        writer.WriteEndObject();
    }

    private static string? ShortNameOf(ModelName name) =>
        name.Display.EndsWith(":latest", StringComparison.OrdinalIgnoreCase) ? name.Display[..^":latest".Length] : null;
}
