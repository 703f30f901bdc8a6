using GGLib.Server.Failures;
using GGLib.Server.Streaming;

namespace GGLib.Server.ToolCalls;

/// <summary>Drops an answer's text and keeps its outcome and counts. For one answer; not thread-safe.</summary>
internal sealed class DroppedAnswer : AnswerWriter
{
    public override InferenceFailure? Complete(in AnswerTiming timing) => null;

    public override void Fail(InferenceFailure failure)
    {
    }

    protected override void Take(scoped in StreamEvent piece)
    {
    }
}
