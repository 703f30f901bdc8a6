using GGLib.Catalog.Registries.Http;

namespace GGLib.Catalog.Registries.Plans;

/// <summary>The server behind a registry's name.</summary>
internal static class RegistryAddress
{
    /// <summary>
    /// Where to ask, in order. A name without a scheme means HTTPS; plain HTTP is tried after it only where that was allowed and the server is not the public registry, so that
    /// nobody between can turn one into the other. The configured registry is asked as configured.
    /// </summary>
    public static IReadOnlyList<Uri> Of(RemoteName.Registry name, bool insecure, TransferOptions options, out TransferFailure? failure)
    {
        failure = null;
        if (name.Scheme == "http" && !insecure)
        {
            failure = new TransferFailure(TransferFault.Insecure, "insecure protocol http");
            return [];
        }

        if (name.Model.Host.Equals(ModelName.DefaultHost, StringComparison.OrdinalIgnoreCase))
        {
            return [options.OllamaRegistry];
        }

        if (!Uri.TryCreate($"{name.Scheme ?? "https"}://{name.Model.Host}", UriKind.Absolute, out var address) || address.Host.Length == 0 || address.UserInfo.Length > 0)
        {
            failure = new TransferFailure(TransferFault.InvalidName, $"\"{name.Model.Host}\" is not the name of a server.");
            return [];
        }

        return insecure && name.Scheme is null ? [address, new UriBuilder(address) { Scheme = "http", Port = address.IsDefaultPort ? 80 : address.Port }.Uri] : [address];
    }

    /// <summary>The address of something of the model's within the registry.</summary>
    public static Uri Within(Uri registry, ModelName model, string rest) =>
        new($"{registry.AbsoluteUri.TrimEnd('/')}/v2/{Uri.EscapeDataString(model.Namespace)}/{Uri.EscapeDataString(model.Model)}/{rest}");

    /// <summary>Anybody's credentials for it.</summary>
    public static Credentials Anonymous(Uri registry) => new(registry);
}
