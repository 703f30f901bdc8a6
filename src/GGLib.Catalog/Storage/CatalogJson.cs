using System.Text.Json.Serialization;
using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>How facts are written into the database.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ModelFacts))]
internal sealed partial class CatalogJson : JsonSerializerContext;
