using System.CommandLine;

namespace GGLib.Commands;

/// <summary>Options of several verbs.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print JSON, for scripts" };
}
