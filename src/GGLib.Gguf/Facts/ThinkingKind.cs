namespace GGLib.Gguf;

/// <summary>How a model's thinking can be controlled.</summary>
public enum ThinkingKind
{
    /// <summary>The model does not think.</summary>
    None,

    /// <summary>It always thinks: the template has nothing to turn (DeepSeek R1, QwQ, Magistral).</summary>
    Always,

    /// <summary>The template has a switch, whose name is <see cref="ModelFacts.ThinkingSwitch"/> (Qwen 3, Granite).</summary>
    Switch,

    /// <summary>The template takes a level as <c>reasoning_effort</c> (gpt-oss); some have a switch too.</summary>
    Levels,
}
