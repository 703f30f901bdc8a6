using System.Globalization;

namespace GGLib.Bench.Storm;

/// <summary>What the storm is made of.</summary>
internal sealed record StormOptions
{
    public required string GGLib { get; init; }

    /// <summary>GGUF files of four small models that complete text.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>A GGUF file that makes embeddings.</summary>
    public required string Embedding { get; init; }

    /// <summary>The data folder whose installed llama-server is run.</summary>
    public string Home { get; } = Environment.GetEnvironmentVariable("GGLIB_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".gglib");

    public int Seconds { get; init; } = 60;

    public int Clients { get; init; } = 64;

    /// <summary>The one part that is wanted: storm, alternate, kills or swap; null: all.</summary>
    public string? Only { get; init; }

    /// <summary>Reads the command line; null with what is wrong with it.</summary>
    public static StormOptions? Read(string[] args, out string? error)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        error = "bench/storm [--seconds N] [--clients N] [--only storm|alternate|kills|swap]";
        for (var index = 0; index < args.Length; index += 2)
        {
            if (index + 1 == args.Length || args[index] is not ("--gglib" or "--models" or "--embedding" or "--seconds" or "--clients" or "--only"))
            {
                error += $": '{args[index]}' is not understood";
                return null;
            }

            values[args[index]] = args[index + 1];
        }

        if (!values.TryGetValue("--gglib", out var gglib) || !values.TryGetValue("--models", out var models) || !values.TryGetValue("--embedding", out var embedding))
        {
            error += ": --gglib, --models and --embedding are needed";
            return null;
        }

        error = null;
        return new StormOptions
        {
            GGLib = Path.GetFullPath(gglib),
            Models = [.. models.Split(',').Select(Path.GetFullPath)],
            Embedding = Path.GetFullPath(embedding),
            Seconds = Number("--seconds", 60),
            Clients = Number("--clients", 64),
            Only = values.GetValueOrDefault("--only"),
        };

        int Number(string name, int otherwise) => values.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
    }

    public bool Wants(string part) => Only is null || Only == part;
}
