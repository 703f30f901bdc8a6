using System.Text.Json.Serialization;
using GGLib.Catalog.Registries.Downloads;
using GGLib.Catalog.Registries.Http;
using GGLib.Catalog.Registries.Plans;

namespace GGLib.Catalog.Registries;

/// <summary>The JSON of registries, and of the journals of downloads.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(OllamaManifest))]
[JsonSerializable(typeof(HubEntry[]))]
[JsonSerializable(typeof(OllamaMessage[]))]
[JsonSerializable(typeof(Journal))]
[JsonSerializable(typeof(PullProgress))]
internal sealed partial class RegistryJson : JsonSerializerContext;
