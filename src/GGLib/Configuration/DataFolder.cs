namespace GGLib.Configuration;

/// <summary>Where gglib keeps its library and its engine.</summary>
internal static class DataFolder
{
    /// <summary>The environment variable that moves it.</summary>
    public const string Variable = "GGLIB_HOME";

    /// <summary><c>GGLIB_HOME</c>, else <c>.gglib</c> in the user's home on every system: one place to look for, back up and delete.</summary>
    public static string Locate(EnvironmentValues environment)
    {
        if (environment.Text(Variable) is { } chosen)
        {
            return Path.GetFullPath(chosen);
        }

        // Without HOME, as in some services and containers, the runtime asks the password file, and ends at "/" where
        // only root can write: a clear error rather than private data in a folder open to all.
        var home = environment.Text(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME")
            ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return Path.GetFullPath(Path.Combine(home, ".gglib"));
    }
}
