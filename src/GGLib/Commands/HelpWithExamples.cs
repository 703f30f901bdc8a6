using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace GGLib.Commands;

/// <summary>The usual help, then examples.</summary>
internal sealed class HelpWithExamples(HelpAction usual, IReadOnlyList<Example> ofProgram) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var command = parseResult.CommandResult.Command;
        var examples = command is Verb verb ? verb.Examples
            : command is RootCommand ? ofProgram
            : [.. command.Subcommands.OfType<Verb>().Select(static sub => sub.Examples[0])];
        output.WriteLine("Examples:");
        var width = examples.Max(static example => example.Line.Length);
        foreach (var example in examples)
        {
            output.WriteLine($"  {example.Line.PadRight(width)}  {example.Meaning}");
        }

        return ExitCode.Ok;
    }
}
