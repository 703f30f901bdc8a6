namespace GGLib.Catalog.Verification;

/// <summary>What reading a file whole has shown.</summary>
public enum FileVerdict
{
    /// <summary>Its content is what it should be.</summary>
    Intact,

    /// <summary>Nothing says what its content should be. From now on it is known.</summary>
    Recorded,

    /// <summary>Its content is not what it should be.</summary>
    Damaged,

    /// <summary>It is not there.</summary>
    Missing,

    /// <summary>It could not be read to its end, or changed while it was read.</summary>
    Unreadable,
}
