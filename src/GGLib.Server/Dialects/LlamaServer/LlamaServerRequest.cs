using System.Net.Http.Headers;
using System.Text.Json;
using GGLib.Engine.Launching;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GGLib.Server.Dialects.LlamaServer;

/// <summary>A request for one of llama-server's endpoints. Dispose it when it has been answered.</summary>
internal sealed class LlamaServerRequest : IDisposable
{
    // Fields that concern gglib, and the one that gglib replaces.
    private static readonly string[] OwnFields = ["model", "keep_alive"];

    private readonly RequestBody? _body;
    private readonly IFormCollection? _form;

    private LlamaServerRequest(string model, KeepAlive? keepAlive, RequestBody? body, IFormCollection? form)
    {
        Model = model;
        KeepAlive = keepAlive;
        _body = body;
        _form = form;
    }

    /// <summary>The model's name as the client wrote it.</summary>
    public string Model { get; }

    /// <summary>Replaces the model's keep-alive; null if the request has none.</summary>
    public KeepAlive? KeepAlive { get; }

    /// <summary>Reads a request. The model is named in the body, or in the query as <c>?model=</c>.</summary>
    /// <returns>The request, or why it is invalid: exactly one of the two.</returns>
    public static async Task<(LlamaServerRequest? Request, InferenceFailure? Failure)> ReadAsync(HttpContext context, LlamaServerRoute route, long largestBody)
    {
        if (route.Method == HttpMethod.Get)
        {
            return Of(null, null, null, null, context);
        }

        if (route.IsForm)
        {
            var (form, failure) = await ReadFormAsync(context, largestBody).ConfigureAwait(false);
            return form is null ? (null, failure) : Of(form["model"], null, null, form, context);
        }

        var body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        var (request, invalid) = body.Failure is { } unreadable ? (null, unreadable) : OfJson(body, context);
        if (request is null)
        {
            body.Dispose();
        }

        return (request, invalid);
    }

    /// <summary>Composes the body for llama-server, which knows the model by <paramref name="alias"/>; null if the request has none. Each call returns new content, because a retry sends it again.</summary>
    public HttpContent? Compose(string alias) => _body is not null ? ComposeJson(_body, alias) : _form is not null ? ComposeForm(_form, alias) : null;

    public void Dispose() => _body?.Dispose();

    private static (LlamaServerRequest?, InferenceFailure?) OfJson(RequestBody body, HttpContext context)
    {
        var json = body.Json;
        if (json.ValueKind is not JsonValueKind.Object)
        {
            return (null, new InferenceFailure.InvalidRequest("the request body must be a JSON object") { IsUnreadable = true });
        }

        if (json.Given("model"u8) is { ValueKind: not JsonValueKind.String })
        {
            return (null, new InferenceFailure.InvalidRequest("model must be a string", "model"));
        }

        if (json.Given("lora"u8) is not null)
        {
            // It would change the answers of other clients whose requests are computed together with this one.
            return (null, new InferenceFailure.InvalidRequest("lora is not supported: a model's adapters are set when it is created", "lora"));
        }

        var fields = new GoObject(json, "Request");
        var keepAlive = KeepAliveField.Read(fields);
        return fields.Error is { } error
            ? (null, new InferenceFailure.InvalidRequest(error))
            : Of(json.GivenText("model"u8), keepAlive, body, null, context);
    }

    private static (LlamaServerRequest?, InferenceFailure?) Of(string? model, KeepAlive? keepAlive, RequestBody? body, IFormCollection? form, HttpContext context)
    {
        if (string.IsNullOrWhiteSpace(model))
        {
            model = context.Request.Query["model"];
        }

        return string.IsNullOrWhiteSpace(model)
            ? (null, new InferenceFailure.InvalidRequest($"model is required{(form is null && body is null ? ": name it in the query, as ?model=NAME" : ": name it in the body, or in the query as ?model=NAME")}", "model"))
            : (new LlamaServerRequest(model, KeepAliveHeader.Of(context, keepAlive), body, form), null);
    }

    private static async Task<(IFormCollection? Form, InferenceFailure? Failure)> ReadFormAsync(HttpContext context, long largestBody)
    {
        if (!context.Request.HasFormContentType)
        {
            return (null, new InferenceFailure.InvalidRequest("the request body must be a form (multipart/form-data)"));
        }

        try
        {
            // In memory: a recording is private, and is not written to a temporary file.
            return (await context.Request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = largestBody, MemoryBufferThreshold = int.MaxValue }, context.RequestAborted).ConfigureAwait(false), null);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode is StatusCodes.Status413PayloadTooLarge)
        {
            return (null, new InferenceFailure.BodyTooLarge("request body too large"));
        }
        catch (Exception exception) when (exception is InvalidDataException or BadHttpRequestException || (exception is IOException && !context.RequestAborted.IsCancellationRequested))
        {
            return (null, new InferenceFailure.InvalidRequest("the form is invalid: " + exception.Message));
        }
    }

    private static ByteArrayContent ComposeJson(RequestBody body, string alias)
    {
        var content = new ByteArrayContent(WireJson.Compose(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("model"u8, alias);
            foreach (var field in body.Json.EnumerateObject().Where(static field => !OwnFields.Contains(field.Name)))
            {
                field.WriteTo(writer);
            }

            writer.WriteEndObject();
        }));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static MultipartFormDataContent ComposeForm(IFormCollection form, string alias)
    {
        var content = new MultipartFormDataContent { { new StringContent(alias), "model" } };
        foreach (var (name, values) in form.Where(static field => !OwnFields.Contains(field.Key)))
        {
            foreach (var value in values)
            {
                content.Add(new StringContent(value ?? ""), name);
            }
        }

        foreach (var file in form.Files)
        {
            content.Add(new StreamContent(file.OpenReadStream()), file.Name, file.FileName is { Length: > 0 } name ? name : "file");
        }

        return content;
    }
}
