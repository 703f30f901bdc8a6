using GGLib.Configuration.Files;
using GGLib.Engine.Installation;
using GGLib.Engine.Launching;

namespace GGLib.Configuration;

/// <summary>Whether the llama-server that is used takes what a file wants it to be given.</summary>
internal static class ArgumentCheck
{
    /// <summary>The first that it does not take, with its place; null when there is none.</summary>
    public static CommandFailure? Of(Settings settings, EngineBinary engine)
    {
        foreach (var section in settings.File?.Sections ?? [])
        {
            foreach (var argument in section.Arguments)
            {
                if (ExtraArguments.Refusal(engine, argument.Text) is { } refusal)
                {
                    return Failure(argument.Position, refusal);
                }
            }

            foreach (var (setting, candidate) in section.Values)
            {
                if (Refusal(setting, candidate, engine) is { } refusal)
                {
                    return Failure(candidate.Position!.Value, refusal);
                }
            }
        }

        return null;

        CommandFailure Failure(FilePosition position, string refusal) => ConfigurationFile.Failure(settings.File!.Path, new FileProblem(position, refusal));
    }

    private static string? Refusal(Setting setting, Candidate candidate, EngineBinary engine)
    {
        if (setting.Flags.Count > 0 && !setting.Flags.Any(engine.Supports))
        {
            return $"llama-server {engine.Version} knows no flag '{setting.Flags[0]}', which '{setting.Name}' needs";
        }

        // Only where it tells which there are.
        return setting == ModelSettings.Speculative && !engine.SpeculativeTypes.IsEmpty
            && ((IReadOnlyList<string>)candidate.Value!).FirstOrDefault(word => !engine.SpeculativeTypes.Contains(word)) is { } unknown
            ? $"llama-server {engine.Version} knows no speculative decoding '{unknown}'; it has {string.Join(", ", engine.SpeculativeTypes)}"
            : null;
    }
}
