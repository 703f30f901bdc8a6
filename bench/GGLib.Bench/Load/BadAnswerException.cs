namespace GGLib.Bench.Load;

/// <summary>An answer that was cut, or was not what was asked for: no figure is worth anything then.</summary>
internal sealed class BadAnswerException(string message) : Exception(message);
