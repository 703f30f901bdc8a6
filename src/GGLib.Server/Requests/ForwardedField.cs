using System.Text.Json;

namespace GGLib.Server.Requests;

/// <summary>A JSON property that gglib passes to the engine without interpreting it.</summary>
internal readonly record struct ForwardedField(string Name, JsonElement Value);
