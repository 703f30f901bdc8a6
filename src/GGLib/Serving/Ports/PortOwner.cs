using System.Text.Json;
using GGLib.Configuration;
using GGLib.Rendering;

namespace GGLib.Serving.Ports;

/// <summary>Finds out who listens on a port.</summary>
internal static class PortOwner
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    /// <summary>A few words: gglib or Ollama with its version when it answers like one, else the process where that can be told.</summary>
    public static async Task<string> AskAsync(ServerAddress address, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        var process = PortProcess.Find(address.Port);
        try
        {
            using var http = LocalHttp.Create(address);
            using var root = await http.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            if (root.Headers.TryGetValues("X-GGLib-Version", out var versions))
            {
                return Name($"another gglib ({SafeText.OneLine(versions.First(), 40)})", process);
            }

            if (root.Content.Headers.ContentLength is < 200 && (await root.Content.ReadAsStringAsync(limit.Token).ConfigureAwait(false)).Contains("Ollama is running", StringComparison.Ordinal))
            {
                var version = await VersionAsync(http, limit.Token).ConfigureAwait(false);
                return Name(version is null ? "Ollama" : $"Ollama ({version})", process);
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // It speaks something else, or nothing.
        }

        return process ?? "another program";
    }

    private static string Name(string server, string? process) => process is null ? server : $"{server}, {process}";

    private static async Task<string?> VersionAsync(HttpClient http, CancellationToken cancellation)
    {
        try
        {
            var body = await http.GetStringAsync("/api/version", cancellation).ConfigureAwait(false);
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty("version", out var version) && version.ValueKind is JsonValueKind.String
                ? SafeText.OneLine(version.GetString()!, 40)
                : null;
        }
        catch (Exception error) when (error is HttpRequestException or JsonException)
        {
            return null;
        }
    }
}
