using System.Globalization;

namespace GGLib.Bench;

/// <summary>What is measured, and how long.</summary>
internal sealed record BenchOptions
{
    public required string GGLib { get; init; }

    public required string Fake { get; init; }

    /// <summary>An earlier gglib to compare with; null to compare with none.</summary>
    public string? Before { get; init; }

    /// <summary>Rounds; in each, every endpoint is measured once, one after the other.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>The part of a scenario's name that is wanted; null: all. For example <c>full speed, 16</c>.</summary>
    public string? Only { get; init; }

    /// <summary>Seconds that count in each measurement.</summary>
    public double Seconds { get; init; } = 1.5;

    /// <summary>Reads the command line; null with what is wrong with it.</summary>
    public static BenchOptions? Read(string[] args, out string? error)
    {
        var (gglib, fake, before, only, rounds, quick) = ("", "", (string?)null, (string?)null, (int?)null, false);
        error = null;
        for (var index = 0; index < args.Length; index++)
        {
            if (args[index] == "--quick")
            {
                quick = true;
                continue;
            }

            var value = index + 1 < args.Length ? args[index + 1] : null;
            if (value is null || args[index] is not ("--gglib" or "--fake" or "--before" or "--only" or "--rounds"))
            {
                error = $"bench/run [--quick] [--rounds N] [--only PATTERN] [--before GGLIB]: unknown option '{args[index]}'";
                return null;
            }

            _ = args[index++] switch
            {
                "--gglib" => gglib = Path.GetFullPath(value),
                "--fake" => fake = Path.GetFullPath(value),
                "--before" => before = Path.GetFullPath(value),
                "--only" => only = value,
                _ => (rounds = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null) is null ? error = $"--rounds {value}: a number above 0 is needed" : "",
            };
            if (error is not null)
            {
                return null;
            }
        }

        error = File.Exists(gglib) && File.Exists(fake) && (before is null || File.Exists(before)) ? null : "--gglib, --fake and --before must name programs";
        return error is not null ? null : new BenchOptions
        {
            GGLib = gglib,
            Fake = fake,
            Before = before,
            Only = only,
            Rounds = rounds ?? (quick ? 2 : 5),
            Seconds = quick ? 0.5 : 1.5,
        };
    }

    public bool Wants(string scenario) => Only is null || scenario.Contains(Only, StringComparison.OrdinalIgnoreCase);
}
