using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Pipeline;
using GGLib.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>Reads <c>POST /v1/completions</c>. Without a prompt the model is only loaded, as Ollama does.</summary>
internal static class CompletionsReader
{
    private static readonly string[] MaxTokens = ["max_tokens", "n_predict"];

    public static ReadRequest Read(HttpContext context, RequestBody body)
    {
        if (CommonFields.Read(context, body, MaxTokens, static name => name is "prompt" or "suffix" or "response_format" or "json_schema", out var failure) is not { } common)
        {
            return failure!;
        }

        var json = body.Json;
        if (PromptsOf(json.Given("prompt"u8)) is not { } prompts)
        {
            return new InferenceFailure.InvalidRequest("prompt must be a string, an array of strings, an array of tokens, or an array of token arrays", "prompt");
        }

        if (json.Given("suffix"u8) is { ValueKind: not JsonValueKind.String })
        {
            return new InferenceFailure.InvalidRequest("suffix must be a string", "suffix");
        }

        var format = FormatField.Read(json, out var badFormat);
        if (badFormat is not null)
        {
            return badFormat;
        }

        var suffix = json.GivenText("suffix"u8) ?? "";
        if (suffix.Length > 0 && prompts is not ([] or [{ Text: not null }]))
        {
            return new InferenceFailure.InvalidRequest("suffix needs one prompt, as text", "suffix");
        }

        return common with
        {
            Verb = "completions",
            Prompt = new RawPrompt(prompts) { Suffix = suffix },
            Format = format,
            LoadsOnly = suffix.Length == 0 && prompts is [] or [{ Text: "" }],
        };
    }

    private static List<PromptText>? PromptsOf(JsonElement? prompt)
    {
        switch (prompt)
        {
            case null:
                return [];
            case { ValueKind: JsonValueKind.String } text:
                return [new(text.GetString(), null)];
            case { ValueKind: JsonValueKind.Array } items when items.GetArrayLength() > 0:
                if (items[0].ValueKind is JsonValueKind.Number)
                {
                    return TokensOf(items) is { } tokens ? [new(null, tokens)] : null;
                }

                var prompts = new List<PromptText>();
                foreach (var item in items.EnumerateArray())
                {
                    if (item.ValueKind is JsonValueKind.String)
                    {
                        prompts.Add(new(item.GetString(), null));
                    }
                    else if (item.ValueKind is JsonValueKind.Array && TokensOf(item) is { } some)
                    {
                        prompts.Add(new(null, some));
                    }
                    else
                    {
                        return null;
                    }
                }

                return prompts;
            default:
                return null;
        }
    }

    private static int[]? TokensOf(JsonElement array)
    {
        var tokens = new int[array.GetArrayLength()];
        for (var index = 0; index < tokens.Length; index++)
        {
            if (array[index].ValueKind is not JsonValueKind.Number || !array[index].TryGetInt32(out tokens[index]))
            {
                return null;
            }
        }

        return tokens;
    }
}
