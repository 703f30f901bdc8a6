using System.Collections.Immutable;
using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>What the catalog takes from one file's header: its facts, or why there are none, and what tells which files belong together.</summary>
internal sealed record HeaderReading
{
    private static readonly ImmutableArray<string> ProjectionKeys = ["clip.vision.projection_dim", "clip.audio.projection_dim"];

    /// <summary>The file as it was just before it was read.</summary>
    public required FileStamp Stamp { get; init; }

    public ModelFacts? Facts { get; init; }

    /// <summary>Why <see cref="Facts"/> is null; one sentence.</summary>
    public string? Problem { get; init; }

    /// <summary><c>general.basename</c>, which a model shares with its projector.</summary>
    public string? BaseName { get; init; }

    /// <summary>Whether <c>general.type</c> says what it is; files of before 2025 do not.</summary>
    public bool IsTyped { get; init; }

    /// <summary>The widths that a projector makes vectors of.</summary>
    public ImmutableArray<long> ProjectionLengths { get; init; } = [];

    public static HeaderReading Of(string path, FileStamp stamp)
    {
        try
        {
            // Opening a named pipe would wait for a writer; pipes and devices have no length.
            var file = stamp.SizeBytes == 0 ? GgufFile.Read(Stream.Null) : GgufFile.Read(path);
            return new HeaderReading
            {
                Stamp = stamp,
                Facts = ModelFacts.From(file),
                BaseName = file.Metadata.Text("general.basename"),
                IsTyped = file.Metadata.Text("general.type") is not null,
                ProjectionLengths = [.. ProjectionKeys.Select(key => file.Metadata.Integer(key)).OfType<long>()],
            };
        }
        catch (Exception exception) when (exception is GgufException or IOException or UnauthorizedAccessException)
        {
            return new HeaderReading { Stamp = stamp, Problem = exception.Message };
        }
    }
}
