namespace FakeLlama.CommandLine;

/// <summary>The part of llama-server's command line that changes what the fake answers; the rest is accepted and ignored.</summary>
internal sealed record ServerArguments
{
    public string? Model { get; init; }

    public string? Alias { get; init; }

    public string Host { get; init; } = "127.0.0.1";

    public int Port { get; init; } = 9931;

    public int ContextSize { get; init; }

    public int Parallel { get; init; } = -1;

    public int Batch { get; init; } = 512;

    public bool Embedding { get; init; }

    public bool Slots { get; init; } = true;

    public bool Projector { get; init; }

    public string? ApiKey { get; init; }

    public bool Help { get; init; }

    public bool Version { get; init; }

    /// <summary>What is wrong, in llama-server's words.</summary>
    public string? Error { get; init; }

    public static ServerArguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new ServerArguments();
        for (var i = 0; i < args.Count; i++)
        {
            if (!HelpText.Flags.TryGetValue(args[i], out var takesValue))
            {
                return parsed with { Error = $"error: invalid argument: {args[i]}" };
            }

            var value = "";
            if (takesValue)
            {
                if (i + 1 == args.Count)
                {
                    return parsed with { Error = $"error while handling argument \"{args[i]}\": expected value for argument" };
                }

                value = args[i + 1];
            }

            parsed = parsed.With(args[i], value);
            i += takesValue ? 1 : 0;
        }

        return parsed;
    }

    private ServerArguments With(string flag, string value) => flag switch
    {
        "-m" or "--model" => this with { Model = value },
        "-a" or "--alias" => this with { Alias = value },
        "--host" => this with { Host = value },
        "--port" => this with { Port = Number(value) },
        "-c" or "--ctx-size" => this with { ContextSize = Number(value) },
        "-np" or "--parallel" => this with { Parallel = Number(value) },
        "-ub" or "--ubatch-size" => this with { Batch = Number(value) },
        "--embedding" or "--embeddings" => this with { Embedding = true },
        "--no-slots" => this with { Slots = false },
        "-mm" or "--mmproj" => this with { Projector = true },
        "--api-key" => this with { ApiKey = value },
        "-h" or "--help" or "--usage" => this with { Help = true },
        "--version" => this with { Version = true },
        _ => this,
    };

    private static int Number(string value) => int.TryParse(value, out var number) ? number : 0;
}
