namespace GGLib.Configuration;

/// <summary>A setting and all that was said of it.</summary>
/// <param name="Setting">The setting.</param>
/// <param name="Candidates">Who goes first comes first; the last is the default.</param>
internal sealed record ResolvedSetting(Setting Setting, IReadOnlyList<Candidate> Candidates)
{
    /// <summary>The one that counts.</summary>
    public Candidate Winner { get; } = Candidates.First(static candidate => candidate.Ignored is null);

    /// <summary>What somebody said and the winner goes before.</summary>
    public IEnumerable<Candidate> Overridden =>
        Candidates.Take(Candidates.Count - 1).Where(candidate => candidate != Winner && candidate.Ignored is null);

    /// <summary>What somebody said and makes no sense.</summary>
    public IEnumerable<Candidate> Ignored => Candidates.Where(static candidate => candidate.Ignored is not null);
}
