using GGLib.Catalog.Blobs;

namespace GGLib.Catalog.Creation;

/// <summary>A file that a model is made of: either where it lies, or as a blob by its digest.</summary>
public sealed record RecipeFile
{
    private RecipeFile(string name, string? path, BlobDigest? digest) => (Name, Path, Digest) = (name, path, digest);

    /// <summary>What its maker calls it; its ending tells the kind.</summary>
    public string Name { get; }

    /// <summary>Where it lies, absolute; null for a blob.</summary>
    public string? Path { get; }

    /// <summary>Which blob it is; null for a file that lies somewhere.</summary>
    public BlobDigest? Digest { get; }

    /// <summary>A file that stays where it is.</summary>
    public static RecipeFile At(string path) => new(System.IO.Path.GetFileName(path), System.IO.Path.GetFullPath(path), null);

    /// <summary>A blob of the store, or a file added in place whose content has this digest.</summary>
    public static RecipeFile Blob(string name, BlobDigest digest) => new(name, null, digest);
}
