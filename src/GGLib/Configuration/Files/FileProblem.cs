namespace GGLib.Configuration.Files;

/// <summary>What is wrong with a configuration file, and where.</summary>
internal sealed record FileProblem(FilePosition Position, string Message);
