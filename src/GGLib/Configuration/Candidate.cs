using GGLib.Configuration.Files;
using GGLib.Engine.Launching;

namespace GGLib.Configuration;

/// <summary>A value that somebody gave a setting.</summary>
/// <param name="Origin">Who.</param>
/// <param name="Value">The value; null when it makes no sense.</param>
/// <param name="Text">The value for people.</param>
/// <param name="Ignored">Why it does not count; null when it does.</param>
internal sealed record Candidate(ValueOrigin Origin, object? Value, string Text, string? Ignored = null)
{
    /// <summary>Where the value stands in a file; null when it is from elsewhere.</summary>
    public FilePosition? Position { get; init; }
}
