using System.Reflection;
using GGLib.Catalog.Imports;
using GGLib.Catalog.Registries;
using GGLib.Chat.Editing;
using GGLib.Rendering;

namespace GGLib.Configuration;

/// <summary>What a run of the program has around it. Tests give it other ones.</summary>
internal sealed record Surroundings
{
    /// <summary>gglib's own version, for example <c>0.1.0</c>.</summary>
    public static string Version { get; } =
        typeof(Surroundings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    public required EnvironmentValues Environment { get; init; }

    public required Screen Screen { get; init; }

    /// <summary>Where answers to questions are read from.</summary>
    public required TextReader Input { get; init; }

    /// <summary>Whether somebody sits there to answer. Nothing is ever asked otherwise.</summary>
    public required bool CanAsk { get; init; }

    /// <summary>Whether another program or a file, not a person, is behind <see cref="Input"/>.</summary>
    public required bool IsInputPiped { get; init; }

    /// <summary>Opens the terminal for single keys. Only where <see cref="CanAsk"/>.</summary>
    public required Func<IKeyboard> OpenKeyboard { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>The <see cref="TimeProvider.GetTimestamp"/> at which the program began.</summary>
    public required long Began { get; init; }

    /// <summary>The folder with the bundled demo models.</summary>
    public required string DemoModels { get; init; }

    /// <summary>Where Ollama keeps models when it is a service of the system; null: nowhere.</summary>
    public string? OllamaService { get; init; } = StoreLocations.OllamaService;

    /// <summary>The folders where other programs may keep models.</summary>
    public IReadOnlyList<ModelStore> KnownStores => StoreLocations.Known(Environment.Text, OllamaService);

    /// <summary>Where models are pulled from and pushed to.</summary>
    public Attempt<TransferOptions> Transfers =>
        TransferOptions.FromVariables(Environment.Text, out var problem) is { } options ? options : new CommandFailure(ExitCode.Usage, SafeText.OneLine(problem!, 1000));

    /// <summary>The folder for everything gglib keeps.</summary>
    public string DataFolder => GGLib.Configuration.DataFolder.Locate(Environment);

    /// <summary>What <c>--config</c> names; set once, when the command line has been parsed.</summary>
    public string? ConfigurationNamed { get; set; }

    /// <summary>Where the configuration file is, or would be.</summary>
    public ConfigurationLocation Configuration => ConfigurationLocation.Of(ConfigurationNamed, Environment, DataFolder);

    /// <summary>Whether full exceptions and debug lines are wanted. A file that cannot be read does not ask for them.</summary>
    public bool Debug => (ReadSettings().Value ?? Settings.Resolve(Environment, null)).Switch(ProgramSettings.Debug) ?? false;

    /// <summary>The settings, read anew.</summary>
    public Attempt<Settings> ReadSettings(CommandLineSettings? line = null) =>
        Configuration.Read().Succeeded(out var reading, out var failure) ? Settings.Resolve(Environment, reading.File, line) : failure;

    /// <summary>Those of this process.</summary>
    public static Surroundings OfProcess(TimeProvider time)
    {
        var environment = new EnvironmentValues(System.Environment.GetEnvironmentVariable);
        return new Surroundings
        {
            Environment = environment,
            Screen = Screen.OfProcess(environment),
            Input = Console.In,
            CanAsk = !Console.IsInputRedirected && !Console.IsOutputRedirected,
            IsInputPiped = Console.IsInputRedirected,
            OpenKeyboard = TerminalKeyboard.Open,
            Time = time,
            Began = time.GetTimestamp(),
            DemoModels = Path.Combine(AppContext.BaseDirectory, "models"),
        };
    }
}
