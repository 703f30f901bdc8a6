namespace GGLib.Catalog;

/// <summary>
/// The catalog's database cannot be used: damaged, written by a newer version, or not readable or writable. The message says
/// which file it is and what to do.
/// </summary>
public sealed class CatalogException : Exception
{
    internal CatalogException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
