namespace GGLib.Catalog;

/// <summary>How a model comes to its projector.</summary>
public sealed record ProjectorChoice
{
    private ProjectorChoice(string? path, bool isAutomatic) => (Path, IsAutomatic) = (path, isAutomatic);

    /// <summary>The one that lies beside the model, when there is no doubt which; none when it goes away.</summary>
    public static ProjectorChoice Automatic { get; } = new(null, isAutomatic: true);

    /// <summary>None, whatever lies there: images cost memory.</summary>
    public static ProjectorChoice None { get; } = new(null, isAutomatic: false);

    /// <summary>The file named; null otherwise. Absolute. Without it the model is <see cref="FileState.Missing"/>.</summary>
    public string? Path { get; }

    /// <summary>Whether the catalog chooses.</summary>
    public bool IsAutomatic { get; }

    /// <summary>This file, wherever it lies; relative paths count from the current folder.</summary>
    public static ProjectorChoice File(string path) => new(System.IO.Path.GetFullPath(path), isAutomatic: false);
}
