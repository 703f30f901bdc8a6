using GGLib.Catalog;
using GGLib.Configuration;
using GGLib.Rendering;

namespace GGLib.Importing;

/// <summary>Offers the models that other programs have to somebody who has none in the library. Each store is offered once.</summary>
internal sealed class ImportOffer(Surroundings around)
{
    /// <param name="isAgreed">Whether every question has been answered with yes already.</param>
    /// <param name="cancellation">Stops.</param>
    public async Task MakeAsync(bool isAgreed, CancellationToken cancellation)
    {
        using var catalog = ModelCatalog.Open(around.DataFolder, around.Time);
        if (!catalog.List().IsEmpty)
        {
            return;
        }

        var found = around.KnownStores
            .Where(store => store.IsThere && !catalog.Knows(store))
            .Select(store => (Store: store, Count: store.Count(cancellation)))
            .Where(static found => found.Count > 0)
            .ToList();
        if (found.Count == 0)
        {
            return;
        }

        var words = string.Join(", ", found.Select(static found => $"{found.Count} in {found.Store.Title} {SafeText.OneLine(found.Store.Path, 4096)}"));
        if (!around.CanAsk)
        {
            around.Screen.Note($"There are models on this machine: {words}. To serve them where they are: gglib import");
            return;
        }

        if (!isAgreed && !await Question.AskAsync(around, $"There are models on this machine: {words}. Serve them where they are, without copying?", cancellation).ConfigureAwait(false))
        {
            found.ForEach(found => catalog.Decline(found.Store));
            around.Screen.Line("Not imported. Later: gglib import");
            return;
        }

        found.ForEach(found => ImportRun.Run(catalog, around, found.Store, cancellation));
    }
}
