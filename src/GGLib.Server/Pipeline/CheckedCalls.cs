using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Json;
using GGLib.Server.Prompts;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using GGLib.Server.Threads;
using GGLib.Server.ToolCalls;

namespace GGLib.Server.Pipeline;

/// <summary>
/// Checks an answer's tool calls before the client receives them:
/// (1) hold the calls back; (2) ask again, once, for calls that are invalid; (3) end a turn that repeats itself; (4) release the calls.
/// For one answer; not thread-safe.
/// </summary>
internal sealed class CheckedCalls(Exchange exchange, ToolCallCounts counts)
{
    private readonly HeldCalls _held = new(exchange.Writer, calls => ToolCallLoop.IsReached(exchange.Prepared.Request.Messages, calls, exchange.Prepared.CallRules.LoopLimit));

    /// <summary>Reads an answer to its end.</summary>
    /// <returns>Null when the answer is complete; else why it is not.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    public async Task<InferenceFailure?> ReadAsync(EngineAnswer answer, RunnerTurn turn, Func<CancellationToken, ValueTask> flush)
    {
        // Step 1: hold the calls back.
        var failure = await AnswerReading.ReadAsync(exchange, answer, _held, turn, flush, () => _held.IsEnough).ConfigureAwait(false);
        var calls = _held.Calls;

        // The client's schemas decide how long the check takes.
        await new PoolThread(stays: false);

        // Step 2: ask again, once, for calls that are invalid. A call that the token limit cut off would be cut off again.
        if (answer.ForcedCall is not null && failure is null or InferenceFailure.AnswerRejected && _held is { IsEnough: false, Finish: not FinishReason.Length })
        {
            (calls, failure) = await RepairAsync(answer, calls, failure, turn).ConfigureAwait(false);
        }

        if (failure is not null)
        {
            return failure;
        }

        // Step 3: end a turn that repeats itself.
        if (_held.IsEnough || ToolCallLoop.IsReached(exchange.Prepared.Request.Messages, calls, exchange.Prepared.CallRules.LoopLimit))
        {
            EndTurn(calls);
            return null;
        }

        // Step 4: release the calls.
        _held.Release(calls);
        return null;
    }

    private async Task<(IReadOnlyList<HeldCall> Calls, InferenceFailure? Failure)> RepairAsync(EngineAnswer answer, IReadOnlyList<HeldCall> calls, InferenceFailure? failure, RunnerTurn turn)
    {
        var valid = calls.Where(call => ProblemOf(call) is null).ToList();
        var invalid = calls.Except(valid).ToList();
        if (failure is null && invalid.Count == 0)
        {
            return (calls, null);
        }

        // After an answer that the engine could not parse, its complete calls are not kept: they may be parts of something else.
        var kept = failure is null ? valid : [];
        var names = failure is null ? invalid.Select(static call => call.Name).ToHashSet() : [];
        var replaced = await ReplacementAsync(answer, names, turn).ConfigureAwait(false);
        var notes = exchange.Context.Notes();
        notes.RecordUsage(exchange.Writer.Usage, exchange.Writer.GeneratedTokens);
        if (replaced.Count > 0 && replaced.All(call => ProblemOf(call) is null))
        {
            notes.RepairedToolCalls = replaced.Count;
            counts.Repaired(replaced.Count);
            return ([.. kept, .. replaced], null);
        }

        // The client receives the answer as it was: agents answer an invalid call with an error that the model can read.
        notes.ToolCallProblem = failure is not null ? "the engine could not parse it" : ProblemOf(invalid[0]);
        counts.Unrepaired(Math.Max(1, invalid.Count));
        return (calls, failure);
    }

    /// <summary>Returns the calls of a second answer; none if there was no complete one.</summary>
    private async Task<IReadOnlyList<HeldCall>> ReplacementAsync(EngineAnswer answer, IReadOnlyCollection<string> names, RunnerTurn turn)
    {
        var (second, refused) = await AnswerReading.AskAgainAsync(exchange, token => exchange.WithPingsAsync(answer.ForcedCall!(names, token)), turn).ConfigureAwait(false);
        if (refused is not null)
        {
            return [];
        }

        using var response = second.Response!;
        var dropped = new DroppedAnswer();
        var held = new HeldCalls(dropped, static _ => false);
        var before = exchange.Writer.GeneratedTokens;
        var failure = await AnswerReading.ReadAsync(exchange, second, held, turn, static _ => ValueTask.CompletedTask).ConfigureAwait(false);
        exchange.Writer.Accept(StreamEvent.Counted(new TokenUsage { GeneratedTokens = before + dropped.GeneratedTokens }));
        return failure is null && held.Finish is not FinishReason.Length ? held.Calls : [];
    }

    private void EndTurn(IReadOnlyList<HeldCall> calls)
    {
        exchange.Context.Notes().EndedToolCallLoop = true;
        counts.LoopEnded();
        var text = $"The turn was ended: '{calls[^1].Name}' was called with the same arguments {exchange.Prepared.CallRules.LoopLimit} times in a row.";
        exchange.Writer.Accept(StreamEvent.Content(EscapedText.From(_held.HasContent ? "\n\n" + text : text)));
        exchange.Writer.Accept(StreamEvent.Finished(FinishReason.ToolCallLoop));
    }

    private string? ProblemOf(HeldCall call) => ToolCallCheck.ProblemOf(call, exchange.Prepared.Request.Tools);
}
