using GGLib.Engine.Launching;

namespace GGLib.Configuration.Values;

/// <summary>A list of LoRA adapters.</summary>
internal sealed class AdaptersRule() : ListRule<LaunchAdapter>(
    "a list of whole paths without a comma, or of objects such as {\"path\": \"/a.gguf\", \"scale\": 0.5}, whose path has no colon either", new AdapterRule());
