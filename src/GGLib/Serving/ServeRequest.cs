namespace GGLib.Serving;

/// <summary>What the command line asks of a server.</summary>
/// <param name="Host">The host to listen on; null: as the environment says.</param>
/// <param name="Port">The port; null: as the environment says.</param>
/// <param name="Model">A library name or a file; null: any.</param>
/// <param name="Engine">The llama-server to use; null: look for one.</param>
/// <param name="MayInstall">Whether a missing llama-server may be installed without asking.</param>
internal sealed record ServeRequest(string? Host, int? Port, string? Model, string? Engine, bool MayInstall);
