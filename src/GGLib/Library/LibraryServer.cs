using GGLib.Catalog;
using GGLib.Client;
using GGLib.Configuration;

namespace GGLib.Library;

/// <summary>The running server that has the same library: what is loaded there has to be unloaded before its file goes.</summary>
internal static class LibraryServer
{
    /// <summary>A client of it, which the caller disposes; null when none runs where one is looked for, or it has another library.</summary>
    public static async Task<OllamaClient?> FindAsync(Surroundings around, CancellationToken cancellation)
    {
        if (!ServerUrl.From(around).Succeeded(out var url, out _) || !url.IsHere)
        {
            return null;
        }

        var client = new OllamaClient(url);
        var status = await client.StatusAsync(cancellation).ConfigureAwait(false);
        if (status.Value?.Library is { } library && library == ModelLibrary.IdOf(around.DataFolder))
        {
            return client;
        }

        client.Dispose();
        return null;
    }
}
