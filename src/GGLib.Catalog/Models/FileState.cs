namespace GGLib.Catalog;

/// <summary>What the catalog found when it last looked at a model's file.</summary>
public enum FileState
{
    /// <summary>There, and the facts are those of its present content.</summary>
    Ready,

    /// <summary>Gone, or a part of it is: an unplugged disk, a deleted file.</summary>
    Missing,

    /// <summary>There, but changed into something that is no model any more, such as a download in progress. The facts are the old ones.</summary>
    Unreadable,
}
