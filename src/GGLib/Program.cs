using System.Text;
using GGLib.Commands;
using GGLib.Configuration;
using GGLib.Engine.Processes;
using GGLib.Serving;

if (OperatingSystem.IsLinux() && ChildEntry.IsCall(args))
{
    return ChildEntry.Run(args);
}

if (OperatingSystem.IsWindows() && !Console.IsOutputRedirected)
{
    // Its console would show question marks for anything outside the code page.
    Console.OutputEncoding = Encoding.UTF8;
}

// A pattern may come from a client's schema, and some patterns take exponential time.
AppContext.SetData("REGEX_DEFAULT_MATCH_TIMEOUT", TimeSpan.FromSeconds(1));

using var signals = new StopSignals();
var around = Surroundings.OfProcess(TimeProvider.System);
return await new ProgramCommandLine(around, Verbs.All(around), Console.Out).RunAsync(args, signals.Token);
