namespace GGLib.Engine.Launching;

/// <summary>Where a value came from.</summary>
/// <param name="Kind">What decided it.</param>
/// <param name="Text">The same for people: an option, a variable, <c>gglib.json:3:5</c>, or the arithmetic.</param>
public sealed record ValueOrigin(OriginKind Kind, string Text)
{
    /// <summary>gglib's own default.</summary>
    public static ValueOrigin Default { get; } = new(OriginKind.Default, "gglib's default");
}
