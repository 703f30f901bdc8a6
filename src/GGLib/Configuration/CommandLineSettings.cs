namespace GGLib.Configuration;

/// <summary>What the command line says of settings; null where it says nothing.</summary>
internal sealed record CommandLineSettings(string? Host = null, int? Port = null, string? Engine = null, bool? LenientThinking = null)
{
    /// <summary>What it says of one.</summary>
    public Candidate? Of(Setting setting) =>
        setting == ProgramSettings.Host && Host is { } host ? ProgramSettings.Host.FromCommandLine(host)
        : setting == ProgramSettings.Port && Port is { } port ? ProgramSettings.Port.FromCommandLine(port)
        : setting == ProgramSettings.Engine && Engine is { } engine ? ProgramSettings.Engine.FromCommandLine(engine)
        : setting == ProgramSettings.LenientThinking && LenientThinking is { } lenient ? ProgramSettings.LenientThinking.FromCommandLine(lenient)
        : null;
}
