using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using GGLib.Server.Json;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Answers a request that takes long with its steps, an object a line, or without a stream with its end alone.</summary>
internal sealed class OllamaProgress(HttpContext context, bool streams)
{
    private readonly bool _writesChunks = LineChunk.IsPossible(context);
    private bool _begun;

    /// <summary>Tells a step, now.</summary>
    public async Task ReportAsync(string status, string? digest = null, long total = 0, long completed = 0)
    {
        _begun = true;
        if (streams)
        {
            await WriteLineAsync(writer => Write(writer, status, digest, total, completed), isLast: false).ConfigureAwait(false);
        }
    }

    /// <summary>Ends with success.</summary>
    public Task SucceedAsync() => streams
        ? WriteLineAsync(static writer => Write(writer, "success", null, 0, 0), isLast: true)
        : OllamaReply.WriteAsync(context, static writer => Write(writer, "success", null, 0, 0), contentType: "application/json");

    /// <summary>Ends with an error: with its status as long as nothing was told, as a last line after that.</summary>
    /// <param name="error">Why.</param>
    /// <param name="fault">Which kind of error, for a client that asked for it; null for none.</param>
    public Task FailAsync(OllamaError error, string? fault = null)
    {
        if (!streams || !_begun)
        {
            return OllamaReply.WriteErrorAsync(context, _begun ? error with { Status = StatusCodes.Status500InternalServerError } : error, "application/json");
        }

        context.Notes().Error = error.Message;
        return WriteLineAsync(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("error"u8, error.Message);
            if (fault is not null)
            {
                writer.WriteString("fault"u8, fault);
            }

            writer.WriteEndObject();
        }, isLast: true);
    }

    private static void Write(Utf8JsonWriter writer, string status, string? digest, long total, long completed)
    {
        writer.WriteStartObject();
        writer.WriteString("status"u8, status);
        if (digest is not null)
        {
            writer.WriteString("digest"u8, digest);
        }

        if (total > 0)
        {
            writer.WriteNumber("total"u8, total);
        }

        if (completed > 0)
        {
            writer.WriteNumber("completed"u8, completed);
        }

        writer.WriteEndObject();
    }

    private async Task WriteLineAsync(Action<Utf8JsonWriter> write, bool isLast)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = OllamaReply.Ndjson;
            if (_writesChunks)
            {
                LineChunk.Announce(context);
            }
        }

        PipeWriter body = context.Response.BodyWriter;
        byte[] line = [.. WireJson.Compose(write), (byte)'\n'];
        if (_writesChunks)
        {
            LineChunk.Write(body, line);
        }
        else
        {
            body.Write(line);
        }

        if (isLast && _writesChunks)
        {
            body.Write(LineChunk.Last);
        }

        await body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }
}
