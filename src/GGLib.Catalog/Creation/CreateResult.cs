using System.Diagnostics.CodeAnalysis;

namespace GGLib.Catalog.Creation;

/// <summary>How making a model ended.</summary>
public sealed record CreateResult
{
    /// <summary>The model as it is in the catalog now; null when it was not made.</summary>
    public CatalogModel? Model { get; init; }

    /// <summary>The model that had the name before; null when none had.</summary>
    public CatalogModel? Replaced { get; init; }

    /// <summary>Why it was not made.</summary>
    public CreateFailure? Failure { get; init; }

    /// <summary>Whether the model is in the catalog.</summary>
    [MemberNotNullWhen(true, nameof(Model))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Model is not null;

    internal static CreateResult Failed(CreateFault fault, string message) => new() { Failure = new CreateFailure(fault, message) };
}
