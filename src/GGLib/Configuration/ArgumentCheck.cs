using GGLib.Configuration.Files;
using GGLib.Engine.Installation;
using GGLib.Engine.Launching;

namespace GGLib.Configuration;

/// <summary>Whether the llama-server that is used takes the arguments that a file wants it to be given.</summary>
internal static class ArgumentCheck
{
    /// <summary>The first that it does not take, with its place; null when there is none.</summary>
    public static CommandFailure? Of(Settings settings, EngineBinary engine)
    {
        foreach (var argument in settings.File?.Sections.SelectMany(static section => section.Arguments) ?? [])
        {
            if (ExtraArguments.Refusal(engine, argument.Text) is { } refusal)
            {
                return ConfigurationFile.Failure(settings.File!.Path, new FileProblem(argument.Position, refusal));
            }
        }

        return null;
    }
}
