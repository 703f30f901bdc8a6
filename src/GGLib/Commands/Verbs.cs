using System.CommandLine;
using GGLib.Configuration;

namespace GGLib.Commands;

/// <summary>Every verb, in the order of the help.</summary>
internal static class Verbs
{
    public static IEnumerable<Command> All(Surroundings around) =>
    [
        new UpCommand(around),
        new ProxyCommand(around),
        new RunCommand(around),
        new PsCommand(around),
        new StopCommand(around),
        new PullCommand(around),
        new PushCommand(around),
        new AddCommand(around),
        new ListCommand(around),
        new ShowCommand(around),
        new CreateCommand(around),
        new CopyCommand(around),
        new RemoveCommand(around),
        new ImportCommand(around),
        new VerifyCommand(around),
        new RepairCommand(around),
        new ExplainCommand(around),
        new ConfigCommand(around),
        new LogsCommand(around),
        new DoctorCommand(around),
        new EngineCommand(around),
        new CompletionsCommand(around),
    ];
}
