namespace GGLib.Server.Streaming;

/// <summary>Durations of a request, and the tokens that an answer returns.</summary>
/// <param name="TotalNanoseconds">From the request's arrival until now.</param>
/// <param name="LoadNanoseconds">From its arrival until the model was ready for it.</param>
/// <param name="Tokens">The tokens of prompt and answer (Ollama's <c>context</c>); null when they are not returned.</param>
internal readonly record struct AnswerTiming(long TotalNanoseconds, long LoadNanoseconds, IReadOnlyList<int>? Tokens = null);
