using System.Globalization;

namespace GGLib.Bench.Storm;

/// <summary>What the storm is made of.</summary>
internal sealed record StormOptions
{
    private const string Usage =
        "bench/storm GGLIB [--only storm|alternate|kills|patience|swap] [--seconds N] [--slice N] [--clients N] [--kills N] [--gglib-kills N] [--delay N] [--seed N]";

    public required string GGLib { get; init; }

    /// <summary>GGUF files of four small models that complete text.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>A GGUF file that makes embeddings.</summary>
    public required string Embedding { get; init; }

    /// <summary>The data folder whose installed llama-server is run.</summary>
    public string Home { get; } = Environment.GetEnvironmentVariable("GGLIB_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".gglib");

    /// <summary>The storm, for each server.</summary>
    public int Seconds { get; init; }

    /// <summary>Seconds of the storm until the other server has its turn.</summary>
    public int Slice { get; init; }

    public int Clients { get; init; }

    /// <summary>Children to kill.</summary>
    public int Kills { get; init; }

    /// <summary>Times to kill gglib itself.</summary>
    public int GGLibKills { get; init; }

    /// <summary>Seconds by which a load is made longer for the client that does not wait so long.</summary>
    public int Delay { get; init; }

    /// <summary>Of everything random.</summary>
    public int Seed { get; init; }

    /// <summary>The one part that is wanted; null: all.</summary>
    public string? Only { get; init; }

    /// <summary>Reads the command line; null with what is wrong with it.</summary>
    public static StormOptions? Read(string[] args, out string? error)
    {
        string[] known = ["--gglib", "--models", "--embedding", "--only", "--seconds", "--slice", "--clients", "--kills", "--gglib-kills", "--delay", "--seed"];
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var index = 0; index < args.Length; index += 2)
        {
            if (index + 1 == args.Length || !known.Contains(args[index]))
            {
                error = $"{Usage}: '{args[index]}' is not understood";
                return null;
            }

            values[args[index]] = args[index + 1];
        }

        if (!values.TryGetValue("--gglib", out var gglib) || !values.TryGetValue("--models", out var models) || !values.TryGetValue("--embedding", out var embedding))
        {
            error = $"{Usage}: --gglib, --models and --embedding are needed";
            return null;
        }

        if (values.TryGetValue("--only", out var only) && only is not ("storm" or "alternate" or "kills" or "patience" or "swap"))
        {
            error = $"{Usage}: there is no part '{only}'";
            return null;
        }

        error = null;
        return new StormOptions
        {
            GGLib = Path.GetFullPath(gglib),
            Models = [.. models.Split(',').Select(Path.GetFullPath)],
            Embedding = Path.GetFullPath(embedding),
            Seconds = Number("--seconds", 60),
            Slice = Number("--slice", 60),
            Clients = Number("--clients", 64),
            Kills = Number("--kills", 100),
            GGLibKills = Number("--gglib-kills", 20),
            Delay = Number("--delay", 30),
            Seed = Number("--seed", 1),
            Only = only,
        };

        int Number(string name, int otherwise) => values.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
    }

    public bool Wants(string part) => Only is null || Only == part;
}
