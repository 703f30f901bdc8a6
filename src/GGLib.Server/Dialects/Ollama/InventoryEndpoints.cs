using GGLib.Engine.Scheduling;
using GGLib.Server.Inference;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Ollama;

/// <summary><c>GET /</c>, <c>/api/version</c>, <c>/api/tags</c> and <c>/api/ps</c>: answered from memory, whatever is loading.</summary>
internal sealed class InventoryEndpoints(ModelDirectory models, Scheduler scheduler, ServerOptions options, TimeProvider time)
{
    // Ollama's "for ever" is its longest duration, 2⁶³ − 1 ns; clients parse the date.
    private static readonly TimeSpan Forever = TimeSpan.FromTicks(long.MaxValue / 100);

    public static async Task RootAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = "Ollama is running"u8.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync("Ollama is running"u8.ToArray(), context.RequestAborted).ConfigureAwait(false);
        }
    }

    public Task VersionAsync(HttpContext context) => OllamaReply.WriteAsync(context, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("version"u8, options.OllamaVersion);
        writer.WriteEndObject();
    });

    public Task TagsAsync(HttpContext context) => OllamaReply.WriteAsync(context, writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("models"u8);
        foreach (var model in models.List())
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, model.Name.Display);
            writer.WriteString("model"u8, model.Name.Display);
            writer.WriteString("modified_at"u8, OllamaTime.Local(model.ModifiedAt, time));
            writer.WriteNumber("size"u8, model.SizeBytes);
            writer.WriteString("digest"u8, model.Digest);
            ModelDetails.Write(writer, model, withLengths: true);
            ModelDetails.WriteCapabilities(writer, model);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public Task PsAsync(HttpContext context)
    {
        var loaded = scheduler.Snapshot()
            .Where(runner => runner.Phase is RunnerPhase.Starting or RunnerPhase.Ready)
            .OrderByDescending(runner => runner.ExpiresAt ?? DateTimeOffset.MaxValue)
            .ToList();
        var byKey = models.List().ToDictionary(ModelDirectory.KeyOf, StringComparer.Ordinal);
        return OllamaReply.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("models"u8);
            foreach (var runner in loaded)
            {
                // Removed or replaced on disk while it runs: it answers nobody any more and goes when it is due.
                if (!byKey.TryGetValue(runner.Key, out var model))
                {
                    continue;
                }

                writer.WriteStartObject();
                writer.WriteString("name"u8, model.Name.Display);
                writer.WriteString("model"u8, model.Name.Display);
                writer.WriteNumber("size"u8, runner.MemoryBytes);
                writer.WriteString("digest"u8, model.Digest);
                ModelDetails.Write(writer, model, withLengths: false);
                writer.WriteString("expires_at"u8, OllamaTime.Local(runner.ExpiresAt ?? (time.GetUtcNow() + Forever), time));
                writer.WriteNumber("size_vram"u8, runner.DeviceMemoryBytes);
                writer.WriteNumber("context_length"u8, runner.ContextLength > 0 ? runner.ContextLength : model.Facts.ContextLength);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }
}
