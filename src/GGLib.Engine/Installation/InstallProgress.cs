namespace GGLib.Engine.Installation;

/// <summary>How far an installation is.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="Detail">One line for people, for example the archive's name.</param>
/// <param name="Bytes">Bytes done in this phase, where known.</param>
/// <param name="TotalBytes">Bytes there are in this phase, where known.</param>
public sealed record InstallProgress(InstallPhase Phase, string Detail, long? Bytes = null, long? TotalBytes = null)
{
    /// <summary>How much of this phase is done, from 0 to 100, where known.</summary>
    public double? Percent { get; init; } = Bytes is { } done && TotalBytes is > 0 and { } total ? 100.0 * done / total : null;
}
