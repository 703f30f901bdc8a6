namespace GGLib.Rendering.Json;

/// <summary>What reading files whole has shown, for scripts.</summary>
internal sealed record VerificationJson(IReadOnlyList<FileCheckJson> Files);
