using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using GGLib.Configuration;
using GGLib.Rendering;
using GGLib.Serving;

namespace GGLib.Commands;

/// <summary><c>gglib logs</c>: what a model's llama-server wrote, asked of the running server.</summary>
internal sealed class LogsCommand : Verb
{
    private readonly Argument<string> _model = new("model") { Description = "The model's name" };
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on with new lines as they come, until Ctrl-C" };
    private readonly Option<int?> _lines = new("--lines", "-n") { Description = "Only the last N lines" };
    private readonly Option<bool> _json = CommonOptions.Json();

    public LogsCommand(Surroundings around)
        : base(around, "logs", "Show what a model's llama-server wrote, also when it failed to start.")
    {
        Add(_model);
        Add(_follow);
        Add(_lines);
        Add(_json);
        _lines.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0)
            {
                result.AddError("--lines takes a number that is not below zero.");
            }
        });
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib logs demo-chat", "the last lines"),
        new("gglib logs demo-chat -f -n 20", "the last twenty, and then every new one"),
        new("gglib logs demo-chat --json", "a JSON object a line: level and text"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        if (!Around.ReadSettings().Succeeded(out var settings, out var failure))
        {
            return Around.Screen.Fail(failure);
        }

        var address = settings.Address;
        var json = line.GetValue(_json);

        // Levels come only with JSON; a person sees them as colours.
        var withLevels = json || Around.Screen.IsTerminal;
        var count = line.GetValue(_lines) is { } lines ? "&lines=" + lines.ToString(CultureInfo.InvariantCulture) : "";
        var path = $"/api/gglib/logs?model={Uri.EscapeDataString(line.GetRequiredValue(_model))}{count}{(line.GetValue(_follow) ? "&follow=1" : "")}";
        try
        {
            using var http = LocalHttp.Create(address);
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Accept.ParseAdd(withLevels ? "application/x-ndjson" : "text/plain");
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (response.StatusCode is not HttpStatusCode.OK)
            {
                return Around.Screen.Fail(await RefusedAsync(address, response, cancellation).ConfigureAwait(false));
            }

            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false));
            while (await reader.ReadLineAsync(cancellation).ConfigureAwait(false) is { } text)
            {
                Around.Screen.Line(withLevels && !json ? Coloured(text) : text);
            }

            return ExitCode.Ok;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && line.GetValue(_follow))
        {
            // Ctrl-C is how following ends.
            return ExitCode.Ok;
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return Around.Screen.Fail(new CommandFailure(ExitCode.NoServer, error is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }
                ? $"No server answers at {LocalHttp.BaseUrl(address)}. Start one with: gglib up (or name another one with {ServerAddress.Variable})"
                : $"The server at {LocalHttp.BaseUrl(address)} broke off: {SafeText.OneLine(error.Message, 500)}"));
        }
    }

    private static async Task<CommandFailure> RefusedAsync(ServerAddress address, HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        if (response.Headers.Contains("X-GGLib-Version") && Field(body, "error") is { Length: > 0 } reason)
        {
            return new CommandFailure(response.StatusCode is HttpStatusCode.NotFound ? ExitCode.NoModel : ExitCode.Failure, $"{char.ToUpperInvariant(reason[0])}{SafeText.OneLine(reason[1..], 500).TrimEnd('.')}.");
        }

        return new CommandFailure(ExitCode.NoServer, $"The server at {LocalHttp.BaseUrl(address)} is not gglib, or one without logs ({(int)response.StatusCode}).");
    }

    // A line of a library may hold anything, escape sequences too: it must not reach the terminal as it is.
    private string Coloured(string entry)
    {
        var text = SafeText.OneLine(Field(entry, "text") ?? entry, 2000);
        return Field(entry, "level") switch
        {
            "error" => Around.Screen.Paint.Red(text),
            "warning" => Around.Screen.Paint.Yellow(text),
            "debug" or null => Around.Screen.Paint.Dim(text),
            _ => text,
        };
    }

    private static string? Field(string json, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind is JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
