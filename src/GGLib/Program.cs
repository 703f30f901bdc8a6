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

using var signals = new StopSignals();
var around = Surroundings.OfProcess(TimeProvider.System);
return await new ProgramCommandLine(around, Verbs.All(around), Console.Out).RunAsync(args, signals.Token);
