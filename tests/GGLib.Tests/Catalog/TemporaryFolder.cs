using GGLib.Gguf;

namespace GGLib.Tests.Catalog;

/// <summary>A folder for one test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gglib-catalog-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a model of the given context length, with a time of change of its own.</summary>
    public string Model(string fileName, uint contextLength = 1024, int minute = 0, string architecture = "llama", (int No, int Count)? part = null)
    {
        var writer = new GgufWriter();
        if (part is var (no, count))
        {
            writer.Add("split.no", GgufValue.Of((ushort)no)).Add("split.count", GgufValue.Of((ushort)count)).Add("split.tensors.count", GgufValue.Of(count));
        }

        writer
            .Add("general.architecture", architecture)
            .Add(architecture + ".context_length", contextLength)
            .AddZeros(part is { No: > 0 } ? $"blk.{part.Value.No}.w" : "token_embd.weight", GgufTensorType.F32, 4, 2)
            .Write(this[fileName]);
        File.SetLastWriteTimeUtc(this[fileName], new DateTime(2026, 1, 2, 3, minute, 5, DateTimeKind.Utc).AddTicks(1234567));
        return this[fileName];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
