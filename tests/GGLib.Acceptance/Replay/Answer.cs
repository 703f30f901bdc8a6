namespace GGLib.Acceptance.Replay;

/// <summary>An answer as it stands on the wire.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">By name, whatever the case; several of one name joined by comma and space.</param>
/// <param name="Body">The whole body.</param>
internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? Header(string name) => Headers.TryGetValue(name, out var value) ? value : null;
}
