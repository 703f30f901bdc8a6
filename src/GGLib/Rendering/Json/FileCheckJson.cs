using System.Text.Json.Serialization;
using GGLib.Catalog.Verification;

namespace GGLib.Rendering.Json;

/// <summary>The check of one file, for scripts.</summary>
internal sealed record FileCheckJson
{
    public required string Model { get; init; }

    public required string Path { get; init; }

    /// <summary><c>intact</c>, <c>recorded</c> (nothing said what it should be), <c>damaged</c>, <c>missing</c> or <c>unreadable</c>.</summary>
    public required string Verdict { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sha256 { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ExpectedSha256 { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    public static FileCheckJson Of(string model, FileCheck check) => new()
    {
        Model = model,
        Path = check.File.Path,
        Verdict = check.Verdict switch
        {
            FileVerdict.Intact => "intact",
            FileVerdict.Recorded => "recorded",
            FileVerdict.Damaged => "damaged",
            FileVerdict.Missing => "missing",
            _ => "unreadable",
        },
        Sha256 = check.Actual,
        ExpectedSha256 = check.Expected,
        Reason = check.Reason,
    };
}
