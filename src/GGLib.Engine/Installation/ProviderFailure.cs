namespace GGLib.Engine.Installation;

/// <summary>Why one provider could not serve.</summary>
/// <param name="Provider">The provider's name, as in <c>GGLIB_ENGINE_PROVIDER</c>.</param>
/// <param name="Reason">One sentence: what happened.</param>
public sealed record ProviderFailure(string Provider, string Reason);
