namespace GGLib.Catalog.Verification;

/// <summary>Fetches a model's files again from where they came.</summary>
public interface IFileFetcher
{
    /// <summary>Whether there is anywhere to fetch this model's files from. Asks no network.</summary>
    bool CanFetch(CatalogModel model);

    /// <summary>
    /// Replaces broken files by fetched ones whose digest is right, each whole or not at all: one that cannot be fetched is left as it is. The caller checks them again afterwards.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="broken">Its broken files, with the digests they should have where those are known.</param>
    /// <param name="insecure">Whether plain HTTP will do, also where it was not allowed when the model was pulled.</param>
    /// <param name="progress">Told the bytes that have come, of each piece.</param>
    /// <param name="cancellation">Stops; what has come may be kept for the next time, but not in the files' place.</param>
    /// <returns>Null when it is done, else one sentence that says why it is not.</returns>
    Task<string?> FetchAsync(CatalogModel model, IReadOnlyList<FileCheck> broken, bool insecure, IProgress<long> progress, CancellationToken cancellation);
}
