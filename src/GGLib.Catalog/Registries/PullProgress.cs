using System.Text.Json.Serialization;

namespace GGLib.Catalog.Registries;

/// <summary>A step of a transfer, in the form in which Ollama's API tells it. The last one has a <see cref="Failure"/>, or the status <c>success</c>.</summary>
/// <param name="Status">What is being done.</param>
/// <param name="Digest">The file this is about, as <c>sha256:…</c>; null when it is about none.</param>
/// <param name="Total">The file's bytes.</param>
/// <param name="Completed">How many of them are there.</param>
public sealed record PullProgress(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("digest"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Digest = null,
    [property: JsonPropertyName("total"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Total = 0,
    [property: JsonPropertyName("completed"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Completed = 0)
{
    /// <summary>Why it ended without success; on the wire this is a line <c>{"error":…}</c> instead.</summary>
    [JsonIgnore]
    public TransferFailure? Failure { get; init; }

    /// <summary>With <c>success</c> of a pull: the model.</summary>
    [JsonIgnore]
    public PulledModel? Model { get; init; }

    /// <summary>Whether nothing comes after it.</summary>
    [JsonIgnore]
    public bool IsLast => Failure is not null || Status == "success";

    internal static PullProgress Failed(TransferFailure failure) => new("error") { Failure = failure };
}
