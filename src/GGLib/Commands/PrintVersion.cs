using System.CommandLine;
using System.CommandLine.Invocation;
using GGLib.Configuration;

namespace GGLib.Commands;

/// <summary><c>--version</c>: one line.</summary>
internal sealed class PrintVersion : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"gglib {Surroundings.Version}");
        return ExitCode.Ok;
    }
}
