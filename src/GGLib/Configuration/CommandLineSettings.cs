namespace GGLib.Configuration;

/// <summary>What the command line says of settings; null where it says nothing.</summary>
internal sealed record CommandLineSettings(string? Host = null, int? Port = null, string? Engine = null, bool? LenientThinking = null, int? MaxLoaded = null, long? MemoryBudget = null)
{
    /// <summary>What it says of one.</summary>
    public Candidate? Of(Setting setting) =>
        setting == ProgramSettings.Host && Host is { } host ? ProgramSettings.Host.FromCommandLine(host)
        : setting == ProgramSettings.Port && Port is { } port ? ProgramSettings.Port.FromCommandLine(port)
        : setting == ProgramSettings.Engine && Engine is { } engine ? ProgramSettings.Engine.FromCommandLine(engine)
        : setting == ProgramSettings.LenientThinking && LenientThinking is { } lenient ? ProgramSettings.LenientThinking.FromCommandLine(lenient)
        : setting == ProgramSettings.MaxLoadedModels && MaxLoaded is { } most ? ProgramSettings.MaxLoadedModels.FromCommandLine(most)
        : setting == ProgramSettings.MemoryBudget && MemoryBudget is { } budget ? ProgramSettings.MemoryBudget.FromCommandLine(budget)
        : null;
}
