using System.Text.Json.Serialization;

namespace GGLib.Engine.Installation;

/// <summary>The files of the engine folder.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(CurrentEngine))]
[JsonSerializable(typeof(EngineManifest))]
[JsonSerializable(typeof(ProbeEntry[]))]
[JsonSerializable(typeof(StagingOwner))]
internal sealed partial class EngineJson : JsonSerializerContext;
