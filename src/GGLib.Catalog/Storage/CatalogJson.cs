using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>How facts and files are written into the database.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ModelFacts))]
[JsonSerializable(typeof(List<StoredFile>))]
[JsonSerializable(typeof(ModelProfile))]
internal sealed partial class CatalogJson : JsonSerializerContext
{
    /// <summary>Texts as they are, so that what was written and read again is the same text.</summary>
    public static CatalogJson Verbatim { get; } = new(new JsonSerializerOptions { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
