using GGLib.Server.Streaming;

namespace GGLib.Server.Pipeline;

/// <summary>A dialect whose format is the engine's own, so that answers can be relayed as bytes.</summary>
internal interface IRelayingDialect : IDialect
{
    /// <summary>The bytes that identify an event of text in a relayed stream, to count tokens.</summary>
    TextMark Texts { get; }

    /// <summary>The changes to relayed bytes.</summary>
    /// <param name="last">The last stage, which replaces the model's name.</param>
    /// <param name="isStream">Whether the answer is a stream of events.</param>
    IByteStage Stage(IByteStage last, bool isStream);
}
