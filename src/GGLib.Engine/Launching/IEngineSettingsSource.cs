namespace GGLib.Engine.Launching;

/// <summary>
/// The settings as they are now: a configuration file can change while models run. Asked anew at each load. Safe for any number of threads.
/// <see cref="EngineSettings"/> itself is a source that never changes.
/// </summary>
public interface IEngineSettingsSource
{
    /// <summary>What holds for all models.</summary>
    EngineSettings Current { get; }

    /// <summary>What holds for one model: its own sections laid over <see cref="Current"/>.</summary>
    /// <param name="model">The model's name as people see it, for example <c>qwen3:8b</c>.</param>
    EngineSettings For(string model);
}
