using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using GGLib.Catalog;
using GGLib.Configuration;
using GGLib.Rendering;

namespace GGLib.Commands;

/// <summary>The whole command line: parses, runs a verb, and turns whatever goes wrong into a sentence and an exit code.</summary>
internal sealed class ProgramCommandLine
{
    private static readonly Example[] Examples =
    [
        new("gglib up", "install what is missing, serve, and show how to connect"),
        new("gglib up --model ./my-model.gguf", "serve one file, without adding it to the library"),
        new("gglib run demo-chat", "talk with a model"),
        new("gglib add ~/models", "add every GGUF file of a folder to the library"),
        new("gglib proxy --port 8080", "the server alone, on another port"),
    ];

    private readonly Option<string?> _configuration = new(ConfigurationFile.Option)
    {
        Description = $"The configuration file; {ConfigurationFile.Variable} sets it too [default: {ConfigurationFile.FileName} in the data folder]",
        HelpName = "file",
        Recursive = true,
    };

    private readonly RootCommand _root;
    private readonly Surroundings _around;
    private readonly TextWriter _output;

    /// <param name="around">What the verbs have around them.</param>
    /// <param name="verbs">The verbs, in the order of the help.</param>
    /// <param name="output">Where help goes.</param>
    public ProgramCommandLine(Surroundings around, IEnumerable<Command> verbs, TextWriter output)
    {
        _around = around;
        _output = output;
        _root = new RootCommand("A local model server that speaks Ollama's and OpenAI's APIs, over llama.cpp.");
        _root.Add(_configuration);
        foreach (var verb in verbs)
        {
            _root.Add(verb);
        }

        _root.Directives.OfType<SuggestDirective>().First().Action = new Suggest(_root);
        foreach (var option in _root.Options)
        {
            option.Action = option switch
            {
                HelpOption help => new HelpWithExamples((HelpAction)help.Action!, Examples),
                VersionOption => new PrintVersion(),
                _ => option.Action,
            };
        }
    }

    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        var line = _root.Parse(arguments.Count == 0 ? ["--help"] : RunCommand.Expand(arguments));
        if (line.Action is ParseErrorAction || (line.CommandResult.Command is Verb verb && line.Action == verb.Action))
        {
            if (UsageErrors.In(line) is { Count: > 0 } errors)
            {
                return Usage(line, errors);
            }
        }

        try
        {
            _around.ConfigurationNamed = line.GetValue(_configuration);

            // Signals and exceptions are ours, all the way.
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = _output };
            return await line.InvokeAsync(configuration, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return _around.Screen.Fail(new CommandFailure(ExitCode.Failure, "Stopped before it was done."));
        }
        catch (IOException error) when (ClosedOutput.Is(error))
        {
            // Whoever read has read enough, as head does.
            return ExitCode.Ok;
        }
        catch (CatalogException error)
        {
            return _around.Screen.Fail(new CommandFailure(ExitCode.Failure, $"{error.Message} {DataFolder.Variable} moves the data folder."));
        }
#pragma warning disable CA1031 // The root: there is nobody above to catch it
        catch (Exception error)
#pragma warning restore CA1031
        {
            var text = _around.Debug ? error.ToString() : SafeText.OneLine(error.Message, 2000);
            return _around.Screen.Fail(new CommandFailure(ExitCode.Failure, text));
        }
    }

    private int Usage(ParseResult line, IReadOnlyList<string> errors)
    {
        foreach (var error in errors)
        {
            _around.Screen.Note(error);
        }

        List<string> path = [];
        for (Symbol? symbol = line.CommandResult.Command; symbol is Command command and not RootCommand; symbol = symbol.Parents.FirstOrDefault())
        {
            path.Insert(0, command.Name);
        }

        _around.Screen.Note($"See: {string.Join(' ', ["gglib", .. path, "--help"])}");
        return ExitCode.Usage;
    }
}
