namespace GGLib.Engine.Installation.Releases;

/// <summary>Which addresses are trusted to name a program and its digest.</summary>
internal static class ReleaseAddress
{
    /// <summary>HTTPS; plain HTTP only on this machine, for a mirror or a test on it.</summary>
    public static bool IsAllowed(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);
}
