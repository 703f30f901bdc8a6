using System.Text.Json;
using System.Text.Json.Serialization;

namespace FakeLlama.Script;

/// <summary>Source-generated: the unit tests that write these files run with reflection off.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(FakeScript))]
[JsonSerializable(typeof(RecordedRequest))]
[JsonSerializable(typeof(RecordedRequest[]))]
internal sealed partial class FakeJson : JsonSerializerContext;
