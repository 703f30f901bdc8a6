using GGLib.Server.Failures;

namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>Keeps the first error that is found while a request is read. Reading goes on after an error, and its result is then not used.</summary>
internal sealed class RequestFaults
{
    /// <summary>The first error; null when there is none.</summary>
    public InferenceFailure.InvalidRequest? First { get; private set; }

    /// <summary>Adds an error of a value: its path and a sentence about it, for example <c>must be a string</c>.</summary>
    public void Add(FieldPath path, string problem) => First ??= new($"{path}: {problem}", path.ToString());

    /// <summary>Adds an error whose message does not begin with the path.</summary>
    public void AddSentence(FieldPath path, string message) => First ??= new(message, path.ToString());
}
