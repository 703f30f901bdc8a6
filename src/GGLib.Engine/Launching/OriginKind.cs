namespace GGLib.Engine.Launching;

/// <summary>What kind of thing decided a value.</summary>
public enum OriginKind
{
    /// <summary>Nobody said anything: gglib's own default, or what gglib needs to work.</summary>
    Default,

    /// <summary>An option of the command line.</summary>
    CommandLine,

    /// <summary>An environment variable.</summary>
    Environment,

    /// <summary>A line of the configuration file.</summary>
    File,

    /// <summary>A request that is being answered.</summary>
    Request,

    /// <summary>The model's own file.</summary>
    ModelFile,

    /// <summary>A parameter stored with the model, as a Modelfile gives it.</summary>
    Stored,

    /// <summary>Worked out from the model and the free memory.</summary>
    Computed,

    /// <summary>Left to llama-server.</summary>
    LlamaServer,
}
