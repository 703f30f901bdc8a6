using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Server.EngineRequests;

namespace GGLib.Server.Pipeline;

/// <summary>What of images is refused in any dialect: the engine would fetch any address that one names.</summary>
internal static class MediaChecks
{
    public const string NoAddresses = "image URLs are not currently supported, please use base64 encoded data instead";
    public const string NotMultimodal = "Multimodal data provided, but model does not support multimodal requests.";

    /// <summary>An image named by an address, which must be the image itself.</summary>
    public static RelayRefusal? Address(string? address, CatalogModel model) =>
        address is null || !address.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? new(NoAddresses) : Image(MediaTranslation.Refusal(address), model);

    /// <summary>An image as base64.</summary>
    public static RelayRefusal? Base64(string data, CatalogModel model) => Image(MediaTranslation.Refusal("," + data), model);

    private static RelayRefusal? Image(string? unreadable, CatalogModel model) =>
        !model.Facts.Can(Capability.Vision) ? new(NotMultimodal, IsOfModel: true) : unreadable is null ? null : new(unreadable);
}
