using System.CommandLine;
using GGLib.Configuration;

namespace GGLib.Commands;

/// <summary><c>gglib config …</c>: the settings and their file.</summary>
internal sealed class ConfigCommand : Command
{
    public ConfigCommand(Surroundings around)
        : base("config", "The settings: what each is and why, where their file is, what may stand in it.")
    {
        Add(new ConfigShowCommand(around));
        Add(new ConfigPathCommand(around));
        Add(new ConfigSchemaCommand(around));
    }
}
