using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;

namespace GGLib.Engine.Installation;

/// <summary>
/// Remembers what binaries answered, so that a warm start runs nothing. A lost, damaged or unwritable cache costs a probe, never
/// more; two writers at once may lose an entry, which costs the same.
/// </summary>
internal sealed class ProbeCache(string file)
{
    private const int MaxEntries = 32;

    /// <summary>
    /// The remembered answer if the file is still the same, else asks. Only good answers are remembered: a failure may be repaired
    /// outside the file. gglib's own install must run without the user's <c>LD_LIBRARY_PATH</c>; someone else's may need it.
    /// </summary>
    public async Task<ProbeOutcome> AskAsync(string path, ImmutableArray<string> command, bool ownInstall, CancellationToken cancellationToken)
    {
        if (Identity(path) is not { } identity)
        {
            return new ProbeOutcome.Failed("The file is gone or cannot be read.");
        }

        var remembered = Read();
        foreach (var entry in remembered)
        {
            if (entry.Path == path && entry.Size == identity.Size && entry.ModifiedTicks == identity.Ticks && command.AsSpan().SequenceEqual(entry.Command) && File.Exists(command[0]))
            {
                return new ProbeOutcome.Answered(entry.Version, entry.Flags.ToFrozenSet(StringComparer.Ordinal), [.. entry.Backends], [.. entry.SpeculativeTypes]);
            }
        }

        var outcome = await EngineProbe.RunAsync(path, command, ownInstall, cancellationToken).ConfigureAwait(false);
        if (outcome is ProbeOutcome.Answered answered)
        {
            var added = new ProbeEntry(path, [.. command], identity.Size, identity.Ticks, answered.Version, [.. answered.Flags.Order(StringComparer.Ordinal)], [.. answered.Backends], [.. answered.SpeculativeTypes]);
            Write([added, .. remembered.Where(entry => entry.Path != path).Take(MaxEntries - 1)]);
        }

        return outcome;
    }

    private static (long Size, long Ticks)? Identity(string path)
    {
        try
        {
            var info = new FileInfo(path);
            var target = (FileInfo?)info.ResolveLinkTarget(returnFinalTarget: true) ?? info;
            return target.Exists ? (target.Length, target.LastWriteTimeUtc.Ticks) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private ProbeEntry[] Read()
    {
        try
        {
            var entries = JsonSerializer.Deserialize(File.ReadAllBytes(file), EngineJson.Default.ProbeEntryArray) ?? [];
            return [.. entries.Where(static entry => entry is { IsComplete: true })];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }

    private void Write(ProbeEntry[] entries)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(entries, EngineJson.Default.ProbeEntryArray));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A read-only data folder: every start asks again.
        }
    }
}
