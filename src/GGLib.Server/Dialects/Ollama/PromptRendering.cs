using GGLib.Server.Inference;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Answers <c>_debug_render_only</c>: the prompt's text instead of an answer. One object, streamed or not.</summary>
internal sealed class PromptRendering(RunnerAccess runners, TimeProvider time)
{
    public async Task RunAsync(HttpContext context, InferenceCall call)
    {
        var failure = await runners.UseAsync(context, call.Model, call.Options.ContextLength, call.Fields.KeepAlive, call.Began, async turn =>
        {
            var (text, problem) = await call.Prompt.RenderAsync(turn.Runner, turn.Ending).ConfigureAwait(false);
            if (problem is not null && turn.Retries(problem))
            {
                return false;
            }

            await (text is null
                ? OllamaReply.WriteErrorAsync(context, new OllamaError(problem!.Status, problem.Message))
                : WriteAsync(context, call, text)).ConfigureAwait(false);
            return true;
        }, call.Options.Load).ConfigureAwait(false);
        if (failure is not null)
        {
            await OllamaReply.WriteErrorAsync(context, failure).ConfigureAwait(false);
        }
    }

    private Task WriteAsync(HttpContext context, InferenceCall call, string text) => OllamaReply.WriteAsync(context, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("model"u8, call.Fields.Model);
        writer.WriteString("created_at"u8, OllamaTime.Created(time));
        call.Shape.WriteNothing(writer);
        writer.WriteBoolean("done"u8, false);
        writer.WriteStartObject("_debug_info"u8);
        writer.WriteString("rendered_template"u8, text);
        if (call.ImageCount > 0)
        {
            writer.WriteNumber("image_count"u8, call.ImageCount);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    });
}
