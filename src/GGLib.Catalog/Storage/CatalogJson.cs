using System.Text.Json.Serialization;
using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>How facts and files are written into the database.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ModelFacts))]
[JsonSerializable(typeof(List<StoredFile>))]
internal sealed partial class CatalogJson : JsonSerializerContext;
