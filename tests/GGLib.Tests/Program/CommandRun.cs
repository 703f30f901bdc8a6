using GGLib.Chat.Editing;
using GGLib.Commands;
using GGLib.Configuration;
using GGLib.Rendering;

namespace GGLib.Tests.Program;

/// <summary>The real command line with a data folder and an environment of its own; nothing of the machine shows through.</summary>
internal sealed class CommandRun : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gglib-test-").FullName;

    public CommandRun()
    {
        Variables["GGLIB_HOME"] = Path.Combine(_folder, "home");

        // No test asks a public server.
        Variables["GGLIB_OLLAMA_REGISTRY"] = "http://127.0.0.1:1";
        Variables["HF_ENDPOINT"] = "http://127.0.0.1:1";
    }

    public Dictionary<string, string?> Variables { get; } = [];

    /// <summary>What is piped in; null: nothing is.</summary>
    public string? Piped { get; set; }

    /// <summary>Ctrl-C; null: nobody presses it.</summary>
    public CancellationToken? Stop { get; set; }

    /// <summary>Makes it a terminal with somebody at it.</summary>
    public IKeyboard? Keyboard { get; set; }

    /// <summary>Called with all of the output whenever there is more.</summary>
    public Action<string>? Printed { get; set; }

    /// <summary>Standard output of the last run.</summary>
    public string Output { get; private set; } = "";

    /// <summary>Standard error of the last run.</summary>
    public string Error { get; private set; } = "";

    /// <summary>A folder for the test's files.</summary>
    public string Folder => _folder;

    public async Task<int> RunAsync(params string[] arguments)
    {
        using var output = new Watched(text => Printed?.Invoke(text)) { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var around = new Surroundings
        {
            Environment = new EnvironmentValues(Variables.GetValueOrDefault),
            Screen = new Screen(output, error, isTerminal: Keyboard is not null, colour: false),
            Input = new StringReader(Piped ?? ""),
            IsInputPiped = Piped is not null,
            CanAsk = Keyboard is not null,
            OpenKeyboard = () => Keyboard!,
            Time = TimeProvider.System,
            Began = TimeProvider.System.GetTimestamp(),
            DemoModels = Path.Combine(Repository.Root, "models"),
            OllamaService = null,
        };
        var code = await new ProgramCommandLine(around, Verbs.All(around), output).RunAsync(arguments, Stop ?? TestContext.Current.CancellationToken);
        (Output, Error) = (output.ToString(), error.ToString());
        return code;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class Watched(Action<string> printed) : StringWriter
    {
        public override void Flush()
        {
            base.Flush();
            printed(ToString());
        }
    }
}
