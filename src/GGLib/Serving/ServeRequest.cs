using GGLib.Configuration;

namespace GGLib.Serving;

/// <summary>What the command line asks of a server.</summary>
/// <param name="Settings">What it says of settings.</param>
/// <param name="Model">A library name or a file; null: any.</param>
/// <param name="MayInstall">Whether a missing llama-server may be installed without asking.</param>
internal sealed record ServeRequest(CommandLineSettings Settings, string? Model, bool MayInstall);
