using System.Text.Json.Serialization;

namespace GGLib.Engine.Installation.Releases;

/// <summary>GitHub's release API.</summary>
[JsonSerializable(typeof(Release))]
[JsonSerializable(typeof(Release[]))]
internal sealed partial class ReleaseJson : JsonSerializerContext;
