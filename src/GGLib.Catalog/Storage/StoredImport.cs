using GGLib.Catalog.Imports;

namespace GGLib.Catalog;

/// <summary>A store as the database has it.</summary>
/// <param name="Store">The store.</param>
/// <param name="Stamp">What its reader said when it was last read; empty: to be read again.</param>
/// <param name="IsDeclined">Whether the user has said that he does not want it: then it is not read, and not offered again.</param>
internal sealed record StoredImport(ModelStore Store, string Stamp, bool IsDeclined);
