using System.Buffers;
using GGLib.Server.Failures;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Pipeline;

/// <summary>One route of an API: how its requests are read, and how its answers and errors are written. Every other rule belongs to <c>Preparation</c>. Stateless; thread-safe.</summary>
internal interface IDialect
{
    /// <summary>The content type of a streamed answer.</summary>
    string StreamType { get; }

    /// <summary>Reads a request. Only parses: what a model can do, and what the engine accepts, is not decided here.</summary>
    /// <param name="context">The HTTP request, for headers and query.</param>
    /// <param name="body">The body, already valid JSON.</param>
    /// <returns>The request, or why it is invalid.</returns>
    ReadRequest Read(HttpContext context, RequestBody body);

    /// <summary>Creates the writer of an answer.</summary>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="request">The request as <see cref="Read"/> returned it.</param>
    AnswerWriter CreateWriter(IBufferWriter<byte> output, ReadRequest request);

    /// <summary>Maps a failure to the API's status and error object.</summary>
    DialectError ErrorOf(InferenceFailure failure);
}
