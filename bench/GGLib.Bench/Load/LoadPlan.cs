namespace GGLib.Bench.Load;

/// <summary>A load on one endpoint.</summary>
/// <param name="Endpoint">What is asked.</param>
/// <param name="Clients">Connections, each with one request at a time.</param>
/// <param name="Tokens">Tokens of an answer.</param>
/// <param name="WarmUp">Time before anything counts.</param>
/// <param name="Window">Time that counts. Answers that are under way at its end are read to their end, and checked, but not counted.</param>
/// <param name="Spread">The clients begin one after the other over this time, so that paced streams do not send in step.</param>
internal sealed record LoadPlan(Endpoint Endpoint, int Clients, int Tokens, TimeSpan WarmUp, TimeSpan Window, TimeSpan Spread = default)
{
    /// <summary>Called at the window's beginning and end.</summary>
    public Action<bool>? AtEdge { get; init; }

    /// <summary>Whether tokens carry stamps.</summary>
    public bool Stamped { get; init; }
}
