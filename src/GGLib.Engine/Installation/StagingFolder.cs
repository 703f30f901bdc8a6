using System.Text.Json;

namespace GGLib.Engine.Installation;

/// <summary>A folder in which an install is prepared. Removed when disposed; what a killed process left is removed by the next installer.</summary>
internal sealed class StagingFolder : IDisposable
{
    private const string OwnerName = "owner.json";

    private StagingFolder(string path) => Path = path;

    public string Path { get; }

    public string Workspace => System.IO.Path.Combine(Path, "work");

    public static StagingFolder Create(EngineFolder folder)
    {
        var staging = new StagingFolder(folder.NewStagingFolder());
        Directory.CreateDirectory(staging.Workspace);
        File.WriteAllBytes(System.IO.Path.Combine(staging.Path, OwnerName), JsonSerializer.SerializeToUtf8Bytes(StagingOwner.Current(), EngineJson.Default.StagingOwner));
        return staging;
    }

    /// <summary>Removes what dead installers left. The caller holds the install lock; a living owner is spared all the same, for file systems without locks.</summary>
    public static void RemoveAbandoned(EngineFolder folder)
    {
        foreach (var path in folder.StagingFolders().ToArray())
        {
            if (Owner(path)?.IsAnotherLivingProcess() != true)
            {
                Remove(path);
            }
        }
    }

    /// <summary>Removes a folder as far as the system lets it. A leftover costs disk, not correctness: the next install tries again.</summary>
    public static void Remove(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A child of a killed installer may still write into it.
        }
    }

    public void Dispose() => Remove(Path);

    private static StagingOwner? Owner(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(System.IO.Path.Combine(path, OwnerName)), EngineJson.Default.StagingOwner);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
