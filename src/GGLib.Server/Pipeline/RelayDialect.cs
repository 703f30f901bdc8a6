using System.Buffers;
using System.Text.Json;
using GGLib.Catalog;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.Dialects.OpenAI;
using GGLib.Server.EngineRequests;
using GGLib.Server.Inference;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Pipeline;

/// <summary>What is a dialect's own where the engine speaks it itself: checks, the form of errors, and what little is changed on the way. Stateless; safe for any number of threads.</summary>
internal abstract class RelayDialect
{
    /// <summary>What tells an event of text.</summary>
    public abstract TextMark Texts { get; }

    /// <summary>The name of the event that ends a stream which broke off; empty for an event without a name.</summary>
    public virtual string ErrorEvent => "";

    /// <summary>What is wrong with a request whatever its model is; null when nothing.</summary>
    public virtual string? CheckForm(JsonElement request) => null;

    /// <summary>Why the model is not asked; null when it is.</summary>
    /// <param name="request">The request, an object.</param>
    /// <param name="model">The model.</param>
    /// <param name="name">Its name as the client wrote it.</param>
    public abstract RelayRefusal? Check(JsonElement request, CatalogModel model, string name);

    /// <summary>What the engine is told otherwise.</summary>
    public virtual ChatAdjustments Adjust(JsonElement request, CatalogModel model) => ChatAdjustments.None;

    /// <summary>Fields for the engine that say what the client said in a way that it does not understand, as an object's fields without braces; empty for none.</summary>
    public virtual byte[] Fields(JsonElement request, CatalogModel model) => [];

    /// <summary>A model's own options as fields for a request, those left out that it has, without braces; empty when nothing is missing.</summary>
    /// <param name="options">The model's options.</param>
    /// <param name="request">The request, an object.</param>
    /// <param name="contextLength">The runner's context in tokens.</param>
    public virtual byte[] Defaults(OllamaOptions options, JsonElement request, int contextLength) => SamplingTranslation.Missing(options, request, contextLength);

    /// <summary>The request in another form; null: it is relayed.</summary>
    /// <param name="request">The request, an object.</param>
    /// <param name="model">The model.</param>
    /// <param name="defaults">The model's own options as fields, without braces, none of which is in the request; may be empty.</param>
    public virtual RetoldRequest? Retell(JsonElement request, CatalogModel model, ReadOnlySpan<byte> defaults) => null;

    /// <summary>Writes the answer when there is nothing to generate and the model was only to be loaded; null when there is something.</summary>
    public virtual Func<HttpContext, RelayedRequest, Task>? LoadAnswer(JsonElement request) => null;

    /// <summary>The steps of an answer that is relayed.</summary>
    public virtual IByteStage Stage(IByteStage last, bool isStream) => last;

    /// <summary>The writer of an answer that is told by us.</summary>
    public virtual IRetoldAnswer Answer(IBufferWriter<byte> output, RelayedRequest request, bool includeUsage, TimeProvider time) => throw new NotSupportedException();

    /// <summary>The error object.</summary>
    /// <param name="status">Its HTTP status.</param>
    /// <param name="message">For people.</param>
    /// <param name="type">The engine's name for the kind of error, or null.</param>
    public abstract byte[] ComposeError(int status, string message, string? type);

    /// <summary>Writes an error as the whole answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="contentType">Its content type.</param>
    public Task WriteErrorAsync(HttpContext context, EngineProblem problem, string contentType = OpenAIReply.Json)
    {
        context.Notes().Error = problem.Message;
        return Ollama.OllamaReply.WriteAsync(context, ComposeError(problem.Status, problem.Message, problem.Type), problem.Status, contentType);
    }
}
