using System.Text.Json;
using GGLib.Server.EngineRequests;
using GGLib.Server.EngineRequests.Schemas;
using GGLib.Server.Inference;
using GGLib.Server.Json;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;

namespace GGLib.Server.Prompts;

/// <summary>Chooses the engine endpoint for a prepared request.</summary>
internal sealed class PromptFactory(TimeProvider time)
{
    /// <summary>The prompt of a request.</summary>
    /// <param name="prepared">The request.</param>
    /// <param name="output">How the answer reaches the client.</param>
    public Prompt Of(PreparedRequest prepared, AnswerOutput output)
    {
        var request = prepared.Request;
        if (request.Prompt is { } prompt)
        {
            return OfText(prepared, prompt, output);
        }

        // Only the engine's chat endpoint accepts images. It renders with the file's own template.
        if (prepared.GoTemplate is { } template && request.Messages.All(static message => message.MediaCount == 0))
        {
            var tools = ToolsOf(request);
            var mark = template.ToolCallMark;
            var calls = request.ToolChoice.Mode is ToolChoiceMode.None ? null : ToolCallText.For(mark, tools);
            var isHidden = request.ToolChoice.Mode is ToolChoiceMode.None && ToolMarkup.IsLikely(request.Messages);
            return new RenderedPrompt(prepared, calls, (_, some, _) => Task.FromResult(GoTemplateText.Of(template, some, tools, request.Thinking, prepared.CanThink, time)))
            {
                ReportsProgress = output.NeedsPromptCounts,
                HiddenMark = isHidden ? mark.Length > 0 ? mark : ToolMarkup.MarkOf(prepared.Model) : null,
            };
        }

        // The engine's grammar for a forced call allows text and thinking before it, which no client of a forced call expects. The rendered prompt is continued by the call itself.
        if (IsForcedHere(prepared))
        {
            return new RenderedPrompt(prepared, ToolCallText.For(ToolMarkup.JsonCallStart, ToolsOf(request)), async (runner, some, cancellation) =>
            {
                var (text, failure) = await EngineText.ApplyTemplateAsync(runner, ChatBody.ComposeUnthinking(request, some, prepared.ThinkingSwitch), cancellation).ConfigureAwait(false);
                return text is null ? (null, failure) : ((string?)ToolMarkup.WithThinkingEnded(text), null);
            });
        }

        var chat = new EngineTemplatePrompt(prepared, output);
        return request.EarlierTokens.Count == 0 ? chat : new RenderedPrompt(prepared, calls: null, (runner, some, cancellation) =>
            new EngineTemplatePrompt(prepared with { Request = request with { Messages = some } }, default).RenderAsync(runner, cancellation));
    }

    private static bool IsForcedHere(PreparedRequest prepared) =>
        prepared.Request is { ToolChoice.Mode: ToolChoiceMode.Required, Format: null, TopLogprobs: null, ChoiceCount: 1, ParallelToolCalls: not true, Thinking: not { Enabled: true } }
        && ToolMarkup.WritesJsonCalls(prepared.Model)
        && prepared.Request.Messages is [.., not { Role: "assistant" }]
        && prepared.Request.Messages.All(static message => message.MediaCount == 0);

    private Prompt OfText(PreparedRequest prepared, RawPrompt prompt, AnswerOutput output)
    {
        var request = prepared.Request;
        var first = prompt.Texts is [{ Text: { } text }, ..] ? text : "";
        if (prompt.Suffix.Length > 0)
        {
            return prepared.GoTemplate is { } template && template.Mentions("Suffix")
                ? new RenderedPrompt(prepared with { ThinkingSwitch = null }, calls: null, (_, _, _) => Task.FromResult(GoTemplateText.OfGap(template, first, prompt.Suffix, time)))
                : new TextPrompt("/infill", first, isRelayable: false, runner => CompletionBody.OfGap(first, prompt.Suffix, request, runner.ContextLength));
        }

        return output.CanRelay
            ? new TextPrompt("/v1/completions", first, isRelayable: true, runner => CompletionBody.OfOpenAI(prompt.Texts, request, runner.Alias, runner.ContextLength))
            : new TextPrompt("/completion", first, isRelayable: false, runner => CompletionBody.Of(first, request, runner.ContextLength));
    }

    /// <summary>The tools as a JSON array in OpenAI's form; null when there are none.</summary>
    private static JsonElement? ToolsOf(InferenceRequest request)
    {
        if (request.Tools.Count == 0)
        {
            return null;
        }

        return WireJson.Parse(WireJson.Compose(writer =>
        {
            writer.WriteStartArray();
            foreach (var tool in request.Tools)
            {
                // A template prints tools as the client wrote them, as Ollama's templates expect.
                if (tool.Source is { } source)
                {
                    source.WriteTo(writer);
                }
                else
                {
                    ToolSchema.Write(writer, tool);
                }
            }

            writer.WriteEndArray();
        }));
    }
}
