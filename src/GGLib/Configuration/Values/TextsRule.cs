namespace GGLib.Configuration.Values;

/// <summary>A list of any texts.</summary>
internal sealed class TextsRule() : ListRule<string>("a list of texts", new TextRule("a text"));
