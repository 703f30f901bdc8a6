using System.Text.Json;
using GGLib.Server.EngineRequests.Schemas;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.EngineRequests;

/// <summary>Writes a rendered or raw prompt as the body of llama-server's <c>POST /completion</c>, <c>/v1/completions</c> and <c>/infill</c>. Pure.</summary>
internal static class CompletionBody
{
    /// <summary>One text.</summary>
    /// <param name="prompt">The text.</param>
    /// <param name="request">The request.</param>
    /// <param name="contextLength">The runner's context in tokens.</param>
    /// <param name="reportsProgress">Whether the answer starts with the prompt's token counts.</param>
    public static byte[] Of(string prompt, InferenceRequest request, int contextLength, bool reportsProgress = false) => Compose(
        writer =>
        {
            writer.WriteString("prompt"u8, prompt);
            if (reportsProgress)
            {
                writer.WriteBoolean("return_progress"u8, true);
            }
        },
        request,
        contextLength);

    /// <summary>One prompt as tokens.</summary>
    public static byte[] Of(IReadOnlyList<int> prompt, InferenceRequest request, int contextLength) => Compose(
        writer =>
        {
            writer.WritePropertyName("prompt"u8);
            WriteTokens(writer, prompt);
        },
        request,
        contextLength);

    /// <summary>A gap to fill in.</summary>
    public static byte[] OfGap(string prefix, string suffix, InferenceRequest request, int contextLength) => Compose(
        writer =>
        {
            writer.WriteString("input_prefix"u8, prefix);
            writer.WriteString("input_suffix"u8, suffix);
        },
        request,
        contextLength);

    /// <summary>One or several prompts in OpenAI's form, answered in OpenAI's form.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="request">The request.</param>
    /// <param name="alias">The runner's name for the model.</param>
    /// <param name="contextLength">The runner's context in tokens.</param>
    public static byte[] OfOpenAI(IReadOnlyList<PromptText> prompts, InferenceRequest request, string alias, int contextLength) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("model"u8, alias);
        writer.WritePropertyName("prompt"u8);
        if (prompts is [var only])
        {
            WritePrompt(writer, only);
        }
        else
        {
            writer.WriteStartArray();
            foreach (var prompt in prompts)
            {
                WritePrompt(writer, prompt);
            }

            writer.WriteEndArray();
        }

        writer.WriteBoolean("stream"u8, request.Stream);
        if (request is { Stream: true, IncludeUsage: true })
        {
            writer.WriteStartObject("stream_options"u8);
            writer.WriteBoolean("include_usage"u8, true);
            writer.WriteEndObject();
        }

        if (request.ChoiceCount > 1)
        {
            writer.WriteNumber("n"u8, request.ChoiceCount);
        }

        WriteSchema(writer, request.Format);
        SamplingFields.Write(writer, request, contextLength);
        ForwardedFields.Write(writer, request.Forwarded);
        writer.WriteEndObject();
    });

    private static byte[] Compose(Action<Utf8JsonWriter> prompt, InferenceRequest request, int contextLength) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        prompt(writer);
        writer.WriteBoolean("stream"u8, true);
        WriteSchema(writer, request.Format);
        if (request.TopLogprobs is { } top)
        {
            writer.WriteNumber("n_probs"u8, Math.Max(1, top));
        }

        if (request.ChoiceCount > 1)
        {
            writer.WriteNumber("n"u8, request.ChoiceCount);
        }

        SamplingFields.Write(writer, request, contextLength);

        // A chat's own fields, and a second constraint beside a schema, mean something else here.
        ForwardedFields.Write(writer, [.. request.Forwarded.Where(field => field.Name is not ("prompt" or "input_prefix" or "input_suffix" or "suffix" or "logprobs" or "echo" or "best_of") && !(request.Format is not null && field.Name is "grammar"))]);
        writer.WriteEndObject();
    });

    private static void WriteSchema(Utf8JsonWriter writer, OutputFormat? format)
    {
        if (format is null)
        {
            return;
        }

        writer.WritePropertyName("json_schema"u8);
        if (format.Schema is { } schema)
        {
            SchemaFitting.Write(writer, schema);
        }
        else
        {
            writer.WriteRawValue("""{"type":"object"}"""u8);
        }
    }

    private static void WritePrompt(Utf8JsonWriter writer, PromptText prompt)
    {
        if (prompt.Tokens is { } tokens)
        {
            WriteTokens(writer, tokens);
        }
        else
        {
            writer.WriteStringValue(prompt.Text);
        }
    }

    private static void WriteTokens(Utf8JsonWriter writer, IReadOnlyList<int> tokens)
    {
        writer.WriteStartArray();
        foreach (var token in tokens)
        {
            writer.WriteNumberValue(token);
        }

        writer.WriteEndArray();
    }
}
