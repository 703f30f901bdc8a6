using System.CommandLine;
using GGLib.Configuration;

namespace GGLib.Commands;

/// <summary><c>gglib engine …</c>: the llama-server that runs the models.</summary>
internal sealed class EngineCommand : Command
{
    public EngineCommand(Surroundings around)
        : base("engine", "The llama-server that runs the models: look, install, locate.")
    {
        Add(new EngineStatusCommand(around));
        Add(new EngineInstallCommand(around));
        Add(new EnginePathCommand(around));
    }
}
