namespace GGLib.Catalog.Creation;

/// <summary>Fetches a model that the catalog does not have. Making a model <c>FROM</c> one asks it first.</summary>
public interface IModelSource
{
    /// <summary>Fetches a model into the catalog, under the name it is asked for by.</summary>
    /// <returns>Null when it is there now; else why not.</returns>
    Task<CreateFailure?> FetchAsync(string name, Func<CreateProgress, Task> report, CancellationToken cancellation);
}
