namespace GGLib.Acceptance.Compatibility;

/// <summary>Data of theories that run for several APIs.</summary>
public static class Apis
{
    private static readonly Api[] Every = Enum.GetValues<Api>();

    public static TheoryData<Api> All => [.. Every];

    /// <summary>Every API, with whole and with streamed answers.</summary>
    public static MatrixTheoryData<Api, bool> AllStreamedOrNot => new(Every, [false, true]);

    /// <summary>The APIs with a tool choice, with whole and with streamed answers.</summary>
    public static MatrixTheoryData<Api, bool> WithToolChoice => new([Api.ChatCompletions, Api.Responses, Api.Messages], [false, true]);
}
