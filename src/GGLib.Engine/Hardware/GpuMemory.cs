namespace GGLib.Engine.Hardware;

/// <summary>A device that llama-server can compute on, as it tells of it.</summary>
/// <param name="Name">llama-server's name, for example <c>CUDA0</c>.</param>
/// <param name="Description">The card's name for people.</param>
/// <param name="TotalBytes">Its memory.</param>
/// <param name="FreeBytes">What of it nobody used when it was asked.</param>
public sealed record GpuMemory(string Name, string Description, long TotalBytes, long FreeBytes)
{
    /// <summary>Whether its memory is the machine's own: on Apple's chips both are one.</summary>
    public bool IsShared => Name.StartsWith("Metal", StringComparison.Ordinal) || Name.StartsWith("MTL", StringComparison.Ordinal);
}
