using System.Diagnostics.CodeAnalysis;

namespace GGLib.Catalog;

/// <summary>The end of an attempt to add a model.</summary>
public sealed record AddResult
{
    internal AddResult(AddOutcome outcome, string path, string message, CatalogModel? model = null) => (Outcome, Path, Message, Model) = (outcome, path, message, model);

    /// <summary>How it ended.</summary>
    public AddOutcome Outcome { get; }

    /// <summary>The file it is about, of a split model the first part.</summary>
    public string Path { get; }

    /// <summary>One sentence for the user: what happened, and on failure why. File names are in it as they are.</summary>
    public string Message { get; }

    /// <summary>The model as it is in the catalog now; for <see cref="AddOutcome.NameTaken"/> the one that has the name; else null.</summary>
    public CatalogModel? Model { get; }

    /// <summary>Whether the model is in the catalog under the name asked for.</summary>
    [MemberNotNullWhen(true, nameof(Model))]
    public bool Succeeded => Outcome is AddOutcome.Added or AddOutcome.Replaced;
}
