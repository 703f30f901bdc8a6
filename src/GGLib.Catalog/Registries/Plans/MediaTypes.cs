namespace GGLib.Catalog.Registries.Plans;

/// <summary>The media types of Ollama's manifests.</summary>
internal static class MediaTypes
{
    public const string Manifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string Config = "application/vnd.docker.container.image.v1+json";

    private const string Prefix = "application/vnd.ollama.image.";

    public static PulledRole RoleOf(string? mediaType) => mediaType switch
    {
        Prefix + "model" => PulledRole.Weights,
        Prefix + "projector" => PulledRole.Projector,
        Prefix + "adapter" => PulledRole.Adapter,
        Prefix + "template" or Prefix + "prompt" => PulledRole.Template,
        Prefix + "system" => PulledRole.System,
        Prefix + "params" => PulledRole.Parameters,
        Prefix + "messages" => PulledRole.Messages,
        Prefix + "license" => PulledRole.License,
        Config => PulledRole.Config,
        _ => PulledRole.Other,
    };

    public static string Of(PulledRole role) => role switch
    {
        PulledRole.Weights => Prefix + "model",
        PulledRole.Projector => Prefix + "projector",
        PulledRole.Adapter => Prefix + "adapter",
        PulledRole.Template => Prefix + "template",
        PulledRole.System => Prefix + "system",
        PulledRole.Parameters => Prefix + "params",
        PulledRole.Messages => Prefix + "messages",
        PulledRole.License => Prefix + "license",
        PulledRole.Config => Config,
        _ => Prefix + "other",
    };
}
