using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GGLib.Client.Wire;
using GGLib.Configuration;
using GGLib.Rendering;

namespace GGLib.Client;

/// <summary>
/// A running server's Ollama API: gglib's or Ollama's own. What goes wrong comes back as a sentence and an exit code. Safe for any
/// number of threads.
/// </summary>
internal sealed class OllamaClient(ServerUrl server) : IDisposable
{
    // For what a server answers from memory. Loading and answering have no limit.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        // A proxy would ask another machine's port.
        UseProxy = !server.IsHere,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
    })
    {
        BaseAddress = server.Url,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public ServerUrl Server => server;

    /// <summary>Whether the last failure was that nobody listens.</summary>
    public bool FoundNobody { get; private set; }

    /// <summary>Whether there is a server that speaks this API.</summary>
    public Task<Attempt<VersionAnswer>> VersionAsync(CancellationToken cancellation) =>
        SoonAsync(HttpMethod.Get, "api/version", null, ClientJson.Default.VersionAnswer, cancellation);

    /// <summary>The models it has.</summary>
    public Task<Attempt<ModelsAnswer>> ModelsAsync(CancellationToken cancellation) =>
        SoonAsync(HttpMethod.Get, "api/tags", null, ClientJson.Default.ModelsAnswer, cancellation);

    /// <summary>The models that are loaded.</summary>
    public Task<Attempt<LoadedModelsAnswer>> LoadedModelsAsync(CancellationToken cancellation) =>
        SoonAsync(HttpMethod.Get, "api/ps", null, ClientJson.Default.LoadedModelsAnswer, cancellation);

    /// <summary>What is known of one.</summary>
    public Task<Attempt<ShowAnswer>> ShowAsync(string model, CancellationToken cancellation) =>
        SoonAsync(HttpMethod.Post, "api/show", Body(new ShowQuestion(model), ClientJson.Default.ShowQuestion), ClientJson.Default.ShowAnswer, cancellation);

    /// <summary>Loads a model, or with a keep-alive of 0 unloads it. Returns when that is done.</summary>
    public Task<Attempt<LoadAnswer>> LoadAsync(LoadQuestion question, CancellationToken cancellation) =>
        AskAsync(HttpMethod.Post, "api/generate", Body(question, ClientJson.Default.LoadQuestion), ClientJson.Default.LoadAnswer, cancellation);

    /// <summary>What gglib tells of itself; a failure from whoever is none.</summary>
    public Task<Attempt<StatusAnswer>> StatusAsync(CancellationToken cancellation) =>
        SoonAsync(HttpMethod.Get, "api/gglib/status", null, ClientJson.Default.StatusAnswer, cancellation);

    /// <summary>Deletes a model. Null when that is done.</summary>
    public Task<CommandFailure?> DeleteAsync(NameQuestion question, CancellationToken cancellation) =>
        TellAsync(HttpMethod.Delete, "api/delete", Body(question, ClientJson.Default.NameQuestion), cancellation);

    /// <summary>Copies a model. Null when that is done.</summary>
    public Task<CommandFailure?> CopyAsync(CopyQuestion question, CancellationToken cancellation) =>
        TellAsync(HttpMethod.Post, "api/copy", Body(question, ClientJson.Default.CopyQuestion), cancellation);

    /// <summary>Makes a model, and tells the steps as they come. After a failure nothing more comes.</summary>
    public IAsyncEnumerable<Attempt<ProgressPiece>> CreateAsync(CreateQuestion question, CancellationToken cancellation) => LinesAsync(
        "api/create",
        Body(question, ClientJson.Default.CreateQuestion),
        ClientJson.Default.ProgressPiece,
        static piece => piece.Error,
        static piece => piece.Status is "success",
        cancellation);

    /// <summary>Pulls a model, and tells the steps as they come. The last one is the success or has the error.</summary>
    public IAsyncEnumerable<Attempt<ProgressPiece>> PullAsync(TransferQuestion question, CancellationToken cancellation) => TransferAsync("api/pull", question, cancellation);

    /// <summary>Pushes a model; else as <see cref="PullAsync"/>.</summary>
    public IAsyncEnumerable<Attempt<ProgressPiece>> PushAsync(TransferQuestion question, CancellationToken cancellation) => TransferAsync("api/push", question, cancellation);

    /// <summary>The pieces of an answer as they come. After a failure nothing more comes.</summary>
    public IAsyncEnumerable<Attempt<ChatPiece>> ChatAsync(ChatQuestion question, CancellationToken cancellation) => LinesAsync(
        "api/chat",
        Body(question, ClientJson.Default.ChatQuestion),
        ClientJson.Default.ChatPiece,
        static piece => piece.Error,
        static piece => piece.Done,
        cancellation);

    public void Dispose() => _http.Dispose();

    private IAsyncEnumerable<Attempt<ProgressPiece>> TransferAsync(string path, TransferQuestion question, CancellationToken cancellation) => LinesAsync(
        path,
        Body(question, ClientJson.Default.TransferQuestion),
        ClientJson.Default.ProgressPiece,
        static _ => null,
        static piece => piece.Error is not null || piece.Status is "success",
        cancellation);

    private async IAsyncEnumerable<Attempt<T>> LinesAsync<T>(
        string path, HttpContent body, JsonTypeInfo<T> type, Func<T, string?> errorOf, Func<T, bool> isLast, [EnumeratorCancellation] CancellationToken cancellation)
        where T : class
    {
        HttpResponseMessage? response = null;
        CommandFailure? failure = null;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body };
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            failure = response.IsSuccessStatusCode ? null : await FailureAsync(response, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException error)
        {
            failure = Unreachable(error);
        }

        using (response)
        {
            if (failure is not null)
            {
                yield return failure;
                yield break;
            }

            using var reader = new StreamReader(await response!.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false));
            var done = false;
            while (!done && failure is null)
            {
                var (piece, problem) = await NextAsync(reader, type, errorOf, cancellation).ConfigureAwait(false);
                (failure, done) = (problem, piece is not null && isLast(piece));
                if (piece is not null)
                {
                    yield return piece;
                }
            }

            if (failure is not null)
            {
                yield return failure;
            }
        }
    }

    private static async Task<(T? Piece, CommandFailure? Failure)> NextAsync<T>(StreamReader reader, JsonTypeInfo<T> type, Func<T, string?> errorOf, CancellationToken cancellation)
        where T : class
    {
        try
        {
            if (await reader.ReadLineAsync(cancellation).ConfigureAwait(false) is not { } line)
            {
                return (null, new CommandFailure(ExitCode.Failure, "The server ended the answer before it was done."));
            }

            var piece = JsonSerializer.Deserialize(line, type) ?? throw new JsonException();
            return errorOf(piece) is { } error ? (null, new CommandFailure(ExitCode.Failure, Sentence(error))) : (piece, null);
        }
        catch (IOException)
        {
            return (null, new CommandFailure(ExitCode.Failure, "The server went away before the answer was done."));
        }
        catch (JsonException)
        {
            return (null, new CommandFailure(ExitCode.Failure, "The server's answer is not what Ollama's API says."));
        }
    }

    private async Task<CommandFailure?> TellAsync(HttpMethod method, string path, HttpContent body, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = body };
            using var response = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? null : await FailureAsync(response, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException error)
        {
            return Unreachable(error);
        }
    }

    private async Task<Attempt<T>> SoonAsync<T>(HttpMethod method, string path, HttpContent? body, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            return await AskAsync(method, path, body, type, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new CommandFailure(ExitCode.NoServer, $"The server at {server} does not answer.");
        }
    }

    private async Task<Attempt<T>> AskAsync<T>(HttpMethod method, string path, HttpContent? body, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = body };
            using var response = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                return await FailureAsync(response, cancellation).ConfigureAwait(false);
            }

            var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            return JsonSerializer.Deserialize(text, type) is { } answer ? answer : NotOllama();
        }
        catch (HttpRequestException error)
        {
            return Unreachable(error);
        }
        catch (JsonException)
        {
            return NotOllama();
        }
    }

    private async Task<CommandFailure> FailureAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (JsonSerializer.Deserialize(text, ClientJson.Default.ErrorAnswer)?.Error is { Length: > 0 } error)
            {
                return new CommandFailure(response.StatusCode is HttpStatusCode.NotFound ? ExitCode.NoModel : ExitCode.Failure, Sentence(error));
            }
        }
        catch (JsonException)
        {
            // Somebody else's page.
        }

        return NotOllama($" ({(int)response.StatusCode})");
    }

    private CommandFailure Unreachable(HttpRequestException error)
    {
        if (error.HttpRequestError is HttpRequestError.InvalidResponse or HttpRequestError.ResponseEnded)
        {
            return NotOllama();
        }

        FoundNobody = error.HttpRequestError is HttpRequestError.ConnectionError;
        return new CommandFailure(ExitCode.NoServer, server.IsHere
            ? $"No server answers at {server}. Start one with: gglib up (or name another one with {ServerAddress.Variable})"
            : $"No server answers at {server} ({SafeText.OneLine(error.Message)}). {ServerAddress.Variable} says where it is.");
    }

    private CommandFailure NotOllama(string detail = "") =>
        new(ExitCode.NoServer, $"What answers at {server} is no Ollama server{detail}. {ServerAddress.Variable} names another one.");

    private static string Sentence(string error)
    {
        var line = SafeText.OneLine(error, 2000);
        return line.Length is 0 ? "The server gave no reason." : $"{char.ToUpperInvariant(line[0])}{line[1..]}{(char.IsPunctuation(line[^1]) ? "" : ".")}";
    }

    private static ByteArrayContent Body<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
