using System.CommandLine;

namespace GGLib.Commands;

/// <summary>Options of several verbs.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print JSON, for scripts" };

    /// <summary><c>--insecure</c>.</summary>
    public static Option<bool> Insecure() => new("--insecure") { Description = "Allow plain HTTP" };
}
