namespace GGLib.Client.Wire;

/// <summary>The <c>details</c> of a model.</summary>
internal sealed record ModelDetailsAnswer
{
    public string? Family { get; init; }

    public string? ParameterSize { get; init; }

    public string? QuantizationLevel { get; init; }
}
