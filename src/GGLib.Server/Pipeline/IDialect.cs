using System.Buffers;
using GGLib.Server.Failures;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Pipeline;

/// <summary>One route of an API: how its requests are read, and how its answers and errors are written. Every other rule belongs to <see cref="Preparation"/>. Stateless; thread-safe.</summary>
internal interface IDialect
{
    /// <summary>The content type of a streamed answer.</summary>
    string StreamType { get; }

    /// <summary>The content type of an answer that is one object.</summary>
    string ObjectType => "application/json";

    /// <summary>Whether a streamed answer starts with the prompt's token counts.</summary>
    bool NeedsPromptCounts => false;

    /// <summary>Whether an answer names the stop sequence that ended it.</summary>
    bool NeedsStopSequence => false;

    /// <summary>Whether a stream may receive signs of life before its first event (<see cref="AnswerWriter.Ping"/>).</summary>
    bool Pings => false;

    /// <summary>Reads a request. Only parses: what a model can do, and what the engine accepts, is not decided here.</summary>
    /// <param name="context">The HTTP request, for headers and query. Headers that every answer of the API has are added to its response here.</param>
    /// <param name="body">The body, already valid JSON.</param>
    /// <returns>The request, or why it is invalid.</returns>
    ReadRequest Read(HttpContext context, RequestBody body);

    /// <summary>Creates the writer of an answer.</summary>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="request">The request as <see cref="Read"/> returned it.</param>
    AnswerWriter CreateWriter(IBufferWriter<byte> output, ReadRequest request);

    /// <summary>Maps a failure to the API's status and error object.</summary>
    DialectError ErrorOf(InferenceFailure failure);

    /// <summary>Adds the headers that only a stream has, besides its content type. An error that becomes the whole response has none of them: they are removed (see <see cref="Exchange.Abandon"/>).</summary>
    void BeginStream(HttpContext context)
    {
    }

    /// <summary>Composes the answer of a request that only renders its prompt.</summary>
    byte[] ComposeRendered(ReadRequest request, string prompt) => throw new NotSupportedException();

    /// <summary>Composes the answer of a request that only counts its prompt's tokens.</summary>
    byte[] ComposeCount(ReadRequest request, long tokens) => throw new NotSupportedException();
}
