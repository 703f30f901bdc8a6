using System.IO.Hashing;
using System.Text;
using GGLib.Catalog.Blobs;
using GGLib.Catalog.Creation;

namespace GGLib.Catalog;

/// <summary>
/// What can be done to the models of a data folder: making, copying and removing them. Names are the catalog's; files either stay where they lie, or are blobs in the folder
/// <c>models/blobs</c> of the data folder, deleted when no model names them any more. Thread-safe, also against other processes on the same folder.
/// </summary>
public sealed class ModelLibrary
{
    // Longer than the largest tensor takes between two writes.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private ModelLibrary(ModelCatalog catalog, BlobStore? blobs, TimeProvider time)
    {
        Catalog = catalog;
        Blobs = blobs;
        Time = time;
    }

    /// <summary>The names.</summary>
    public ModelCatalog Catalog { get; }

    /// <summary>The files that are the library's own; null where the catalog is only in memory: nothing is kept then.</summary>
    public BlobStore? Blobs { get; }

    /// <summary>Converts weights; null when nothing can.</summary>
    public Quantizer? Quantizer { get; init; }

    /// <summary>Fetches what a new model is to be made from and is not there; null when nothing can.</summary>
    public IModelSource? Source { get; init; }

    internal TimeProvider Time { get; }

    /// <summary>The library of a catalog, which stays the caller's to dispose.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="time">The clock.</param>
    /// <param name="quantizer">Converts weights; null: nothing can be quantized.</param>
    /// <param name="source">Fetches models; null: nothing can be fetched.</param>
    public static ModelLibrary Of(ModelCatalog catalog, TimeProvider time, Quantizer? quantizer = null, IModelSource? source = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new(catalog, catalog.DataFolder is { } folder ? BlobStore.Open(BlobFolderOf(folder), time) : null, time) { Quantizer = quantizer, Source = source };
    }

    /// <summary>Where a data folder's blobs are.</summary>
    public static string BlobFolderOf(string dataFolder) => Path.Combine(dataFolder, "models", "blobs");

    /// <summary>
    /// A text by which a program and a server find out whether they have the same library: no path, and another one on every machine. Null where the catalog is only in memory.
    /// </summary>
    public static string? IdOf(string? dataFolder) => dataFolder is null
        ? null
        : Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes($"{Environment.MachineName}\n{Path.GetFullPath(dataFolder)}")))[..16];

    /// <summary>Reads a name that a model may be given here; false for the name of a copy that runs elsewhere.</summary>
    public static bool TryName(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ModelName? name)
    {
        if (ModelName.TryParse(text, out name) && !name.HadCloudSuffix)
        {
            return true;
        }

        name = null;
        return false;
    }

    /// <summary>The file with this content: a blob, or a file added in place whose digest has been computed; null when there is none.</summary>
    public string? FileOf(BlobDigest digest)
    {
        ArgumentNullException.ThrowIfNull(digest);
        return Blobs?.Find(digest) ?? Catalog.FileWithSha256(digest.Hex);
    }

    /// <summary>Removes what uploads and quantizing left behind that were killed: nobody can go on with it. Called before more of it is written.</summary>
    public void SweepUnfinished()
    {
        Blobs?.SweepPartials(Abandoned, BlobStore.UploadPrefix);
        Blobs?.SweepPartials(Abandoned, ModelMaking.QuantizePrefix);
    }

    /// <summary>
    /// Deletes what no model names and nobody has touched for so long: uploads of which nothing was made, files of a pull that nobody went on with, and what a program
    /// that was killed had no time to delete. A database that is busy puts it off.
    /// </summary>
    internal void SweepUnnamed(TimeSpan untouchedFor)
    {
        // What is older than every model may be another catalog's, which was damaged or deleted: its models are to be added anew, and their files are all there is of them.
        var models = Catalog.List();
        var own = models.Where(static model => model is { Store: null, IsTransient: false }).Min(static model => (DateTimeOffset?)model.AddedAt);
        if (Blobs is null || own is not { } since)
        {
            return;
        }

        try
        {
            var before = Time.GetUtcNow() - untouchedFor;
            BlobSet.Sweep(Blobs, since, before, models.SelectMany(static model => model.Paths).ToHashSet());
            Catalog.DeleteUnnamed(Blobs, Blobs.Written(since, before));
        }
        catch (Exception exception) when (exception is CatalogException or IOException or UnauthorizedAccessException)
        {
            // Another time.
        }
    }

    /// <summary>Makes a model, replacing the one that has its name.</summary>
    /// <param name="recipe">Of what.</param>
    /// <param name="report">Told each step, in order; the next one waits for it. All that can be told from the recipe alone is told before the first.</param>
    /// <param name="cancellation">Leaves everything as it was.</param>
    public Task<CreateResult> CreateAsync(ModelRecipe recipe, Func<CreateProgress, Task> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return new ModelMaking(this, recipe, report, cancellation).RunAsync();
    }

    /// <summary>
    /// A name in the library's spelling: each part that some model's name has, without regard to case, is written as it is there. The parts are matched independently, as Ollama matches them.
    /// </summary>
    public ModelName Spelled(ModelName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var names = Catalog.List().Select(static model => model.Name).ToList();
        return new(Part(static known => known.Host), Part(static known => known.Namespace), Part(static known => known.Model), Part(static known => known.Tag), name.Origin, name.HadCloudSuffix);

        string Part(Func<ModelName, string> part) => names.Select(part).FirstOrDefault(known => known.Equals(part(name), StringComparison.OrdinalIgnoreCase)) ?? part(name);
    }

    /// <summary>Gives a model a second name, in the spelling of the model that has that name already; this one is replaced.</summary>
    /// <returns>The model under its second name and the one that was replaced; null when there is no such model, or a file of it is gone.</returns>
    /// <exception cref="CatalogException">The database could not be written.</exception>
    public (CatalogModel Copy, CatalogModel? Replaced)? Copy(string source, ModelName name)
    {
        var replaced = Catalog.Find((name ?? throw new ArgumentNullException(nameof(name))).Full);
        if (Catalog.Find(source) is not { } model || Catalog.Copy(model, replaced?.Name ?? Spelled(name)) is not { } copy)
        {
            return null;
        }

        if (replaced?.Name == copy.Name && replaced != copy)
        {
            DeleteUnnamed(replaced);
        }

        return (copy, replaced);
    }

    /// <summary>Takes a model out of the library and deletes the blobs that no other model names. A file that lies elsewhere is never touched.</summary>
    /// <returns>Null when there was no such model.</returns>
    /// <exception cref="CatalogException">The database could not be written.</exception>
    public RemovedModel? Remove(string name) =>
        Catalog.Find(name) is { } model && Catalog.Remove(model.Name.Full) ? new RemovedModel(model, DeleteUnnamed(model)) : null;

    /// <summary>Puts a finished model into the catalog.</summary>
    internal CreateResult Put(string path, ModelName name, ProjectorChoice projector, ModelProfile profile)
    {
        var replaced = Catalog.Find(name.Full);
        var added = Catalog.Add(path, (replaced?.Name ?? Spelled(name)).Full, replace: true, projector, profile);
        if (!added.Succeeded)
        {
            return CreateResult.Failed(CreateFault.Unusable, added.Message);
        }

        if (replaced is not null)
        {
            DeleteUnnamed(replaced);
        }

        return new CreateResult { Model = added.Model, Replaced = replaced };
    }

    /// <summary>The library with something that fetches what a new model is to be made from and is not there.</summary>
    public ModelLibrary With(IModelSource source) => new(Catalog, Blobs, Time) { Quantizer = Quantizer, Source = source };

    /// <summary>The blob behind a path, itself or through the link that gives a part of a split model its name; null for a file that is not the library's own.</summary>
    internal BlobDigest? DigestOf(string path) =>
        Blobs is null ? null
        : Path.GetDirectoryName(path) == Blobs.Folder ? BlobDigest.TryParse(Path.GetFileName(path), out var digest) ? digest : null
        : BlobSet.IsLink(Blobs, path) ? BlobDigest.OfHex(Catalog.KnownSha256(path))
        : null;

    /// <summary>Deletes those of the files that are blobs and that no model names.</summary>
    internal long DeleteUnnamed(IEnumerable<string> paths) => DeleteUnnamed(paths, []);

    private long DeleteUnnamed(CatalogModel model) => DeleteUnnamed(model.Paths, model.Profile.TextBlobs.Select(BlobDigest.OfHex).OfType<BlobDigest>());

    private long DeleteUnnamed(IEnumerable<string> paths, IEnumerable<BlobDigest> others)
    {
        if (Blobs is null)
        {
            return 0;
        }

        List<string> all = [.. paths];
        List<BlobDigest> digests = [.. all.Select(DigestOf).OfType<BlobDigest>(), .. others];
        foreach (var path in all.Where(path => BlobSet.IsLink(Blobs, path) && !Catalog.List().Any(model => model.Paths.Contains(path))))
        {
            BlobSet.Unlink(path);
        }

        return Catalog.DeleteUnnamed(Blobs, digests);
    }
}
