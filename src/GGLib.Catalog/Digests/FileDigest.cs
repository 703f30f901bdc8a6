namespace GGLib.Catalog;

/// <summary>A file's SHA-256 as it was for a certain length and time of change: for any other the file has to be read again.</summary>
/// <param name="Stamp">The file as it was.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
internal readonly record struct FileDigest(FileStamp Stamp, string Sha256);
