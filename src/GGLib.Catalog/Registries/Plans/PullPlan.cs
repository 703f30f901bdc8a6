using System.Collections.Immutable;
using GGLib.Catalog.Registries.Http;

namespace GGLib.Catalog.Registries.Plans;

/// <summary>What a name comes to.</summary>
/// <param name="Files">What to fetch, in order.</param>
/// <param name="Credentials">Who asks.</param>
internal sealed record PullPlan(ImmutableArray<PlannedFile> Files, Credentials Credentials)
{
    /// <summary>The manifest as it came; null where the source has none.</summary>
    public byte[]? Manifest { get; init; }

    /// <summary>What to tell the user when a file of it is refused; null for the server's own words.</summary>
    public string? Refusal { get; init; }

    /// <summary>
    /// Whether template and options are files that a repository's author wrote by hand: the template is meant to go before the model's own, and what makes no sense is
    /// passed over and said. Else a registry made them of the model.
    /// </summary>
    public bool TextsAreAuthors { get; init; }

    /// <summary>A choice that was made for the user, in one sentence; or null.</summary>
    public string? Note { get; init; }
}
