namespace GGLib.Engine.Launching;

/// <summary>One argument of llama-server's command line, and why it is there.</summary>
/// <param name="Flag">The flag, with its dashes.</param>
/// <param name="Value">Its value; null for a flag that stands alone.</param>
/// <param name="Origin">Where the value came from.</param>
public sealed record LaunchArgument(string Flag, string? Value, ValueOrigin Origin)
{
    /// <summary>The arguments as a process takes them.</summary>
    public static IEnumerable<string> Flatten(IEnumerable<LaunchArgument> arguments)
    {
        foreach (var argument in arguments)
        {
            yield return argument.Flag;
            if (argument.Value is { } value)
            {
                yield return value;
            }
        }
    }
}
