namespace GGLib.Client.Wire;

/// <summary>A <c>/api/pull</c> or <c>/api/push</c>.</summary>
internal sealed record TransferQuestion(string Model, bool Insecure)
{
    /// <summary>Asks gglib which kind of error it is; Ollama passes it over.</summary>
    public bool Faults { get; init; } = true;
}
