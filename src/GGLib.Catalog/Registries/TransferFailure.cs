namespace GGLib.Catalog.Registries;

/// <summary>Why a transfer ended without its model.</summary>
/// <param name="Fault">Which kind.</param>
/// <param name="Message">One sentence for the user, without a full stop where Ollama's own words are kept.</param>
public sealed record TransferFailure(TransferFault Fault, string Message)
{
    /// <summary>What is said of a server with which no TLS comes about: its certificate is wrong, or it speaks plain HTTP.</summary>
    public const string NoHttps = "cannot be asked over HTTPS";
}
