namespace GGLib.Configuration;

/// <summary>Where the configuration file is.</summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="MustExist">Whether somebody named it: then a file that is not there is an error.</param>
internal sealed record ConfigurationLocation(string Path, bool MustExist)
{
    /// <summary><c>--config</c>, else <c>GGLIB_CONFIG</c>, else in the data folder.</summary>
    public static ConfigurationLocation Of(string? named, EnvironmentValues environment, string dataFolder) =>
        (named ?? environment.Text(ConfigurationFile.Variable)) is { } path
            ? new(System.IO.Path.GetFullPath(path), MustExist: true)
            : new(System.IO.Path.Combine(dataFolder, ConfigurationFile.FileName), MustExist: false);

    /// <summary>Reads it.</summary>
    public Attempt<ConfigurationReading> Read()
    {
        try
        {
            var bytes = System.IO.File.ReadAllBytes(Path);
            return ConfigurationFile.Parse(Path, bytes).Succeeded(out var file, out var failure) ? new ConfigurationReading(file, bytes) : failure;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return MustExist ? new CommandFailure(ExitCode.Failure, $"There is no configuration file '{Path}'.") : new ConfigurationReading(null, []);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new CommandFailure(ExitCode.Failure, $"The configuration file '{Path}' cannot be read: {error.Message}");
        }
    }
}

/// <summary>What reading a configuration file gave.</summary>
/// <param name="File">The file; null when there is none.</param>
/// <param name="Bytes">Its bytes.</param>
internal sealed record ConfigurationReading(ConfigurationFile? File, byte[] Bytes);
