using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using GGLib.Gguf;

namespace GGLib.Tests.Gguf;

/// <summary>
/// Whatever the bytes are, reading them ends in a header or in <see cref="GgufException"/>, and everything that is made of a
/// header that could be read (facts, JSON, the elements of arrays) is made without any exception at all.
/// </summary>
/// <remarks>
/// The measure of memory: all bytes allocated on the reading thread from the beginning of an input to its end, garbage included.
/// What is alive at any moment of it is at most that, so the largest such number bounds the peak above the baseline; and unlike
/// the size of the process it cannot be disturbed by other tests that run meanwhile.
/// </remarks>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int InputsPerSeed = 20_000;
    private const int ReadOnEveryHuge = 250;
    private const long HugeLength = 40L * 1000 * 1000 * 1000;
    private const long MostBytes = 64 * 1024 * 1024;

    /// <summary>Seeds that stay, so that every run covers the same 100,000 inputs; one that found a fault joins them.</summary>
    private static readonly int[] KeptSeeds = [1, 20261122, 4711, 65537, 1618033988];

    // At the borders of the widths lengths and counts are computed in.
    private static readonly ulong[] Interesting =
    [
        0, 1, 8, 9, 13, 32, 0x7F, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000,
        0x1FFF_FFFF_FFFF_FFFF, 0x2000_0000_0000_0000, 0x7FFF_FFFF_FFFF_FFF8, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, ulong.MaxValue,
    ];

    private readonly Lock _lock = new();
    private long _inputs;
    private long _accepted;
    private long _huge;
    private long _peak;
    private long _hugePeak;
    private long _hugeRead;

    [Fact]
    public void Any_bytes_end_in_a_header_or_in_the_named_exception_within_bounded_memory()
    {
        var fresh = Environment.GetEnvironmentVariable("GGLIB_TEST_SEED") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : Random.Shared.Next();
        var clock = Stopwatch.StartNew();

        Parallel.ForEach([.. KeptSeeds, fresh], new ParallelOptions { MaxDegreeOfParallelism = 2 }, Round);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seeds {string.Join(", ", KeptSeeds)}, and GGLIB_TEST_SEED={fresh}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_inputs:N0} inputs in {clock.Elapsed.TotalSeconds:F1} s: {_accepted:N0} could be read, {_inputs - _accepted:N0} were refused with a sentence, no other exception"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"most memory for one input: {_peak / 1024.0:N0} KiB for a small file, {_hugePeak / 1024.0 / 1024:F1} MiB for {_huge:N0} damaged files of 40 GB, of which at most {_hugeRead / 1024 / 1024} MiB were read"));
        Assert.InRange(_inputs, 100_000, long.MaxValue);
        // Otherwise the mutations would be too coarse to reach anything beyond the magic, or too fine to break anything.
        Assert.InRange(_accepted, _inputs / 100, _inputs - (_inputs / 100));
    }

    [Fact]
    public void What_is_written_is_what_is_read()
    {
        const int Inputs = 5_000;
        var random = new Random(20261124);
        for (var input = 0; input < Inputs; input++)
        {
            var bytes = RandomHeader.Of(random).ToArray();

            var file = GgufFile.Read(new MemoryStream(bytes), GgufReadOptions.LargeArrays);
            var again = new GgufWriter(file.Version);
            foreach (var (key, value) in file.Metadata)
            {
                again.Add(key, value);
            }

            foreach (var tensor in file.Tensors)
            {
                again.AddZeros(tensor.Name, tensor.Type, tensor.Shape.AsSpan());
            }

            Assert.True(bytes.AsSpan().SequenceEqual(again.ToArray()), $"Input {input} was not written as it was read.");
            Use(file, new ArrayBufferWriter<byte>(), parse: true);
        }

        output.WriteLine($"{Inputs} random headers read and written back, byte for byte");
    }

    private void Round(int seed)
    {
        var random = new Random(seed);
        var json = new ArrayBufferWriter<byte>(64 * 1024);
        byte[][] sound = [Sound(), Part(), .. Family.All.Take(8).Select(static family => family.Writer().ToArray())];
        long accepted = 0, huge = 0, peak = 0, hugePeak = 0, hugeRead = 0;
        for (var input = 0; input < InputsPerSeed; input++)
        {
            var bytes = Mutate(random.Next(4) == 0 ? RandomHeader.Of(random).ToArray() : sound[random.Next(sound.Length)], random);
            var options = (GgufReadOptions)random.Next(4);
            var isHuge = input % ReadOnEveryHuge == 0;
            using Stream stream = isHuge ? new HugeStream(bytes, HugeLength) : new MemoryStream(bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                accepted += Accepts(stream, options, isHuge ? null : json, parse: input % 16 == 0) ? 1 : 0;
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Input {input} of seed {seed} ({options}) ended in {exception.GetType().Name}.", exception);
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= (isHuge ? MostBytes : MostBytes / 64), $"Input {input} of seed {seed} ({options}) allocated {allocated} bytes.");
            if (stream is HugeStream read)
            {
                huge++;
                hugePeak = Math.Max(hugePeak, allocated);
                hugeRead = Math.Max(hugeRead, read.BytesRead);
            }
            else
            {
                peak = Math.Max(peak, allocated);
            }
        }

        lock (_lock)
        {
            _inputs += InputsPerSeed;
            (_accepted, _huge) = (_accepted + accepted, _huge + huge);
            (_peak, _hugePeak, _hugeRead) = (Math.Max(_peak, peak), Math.Max(_hugePeak, hugePeak), Math.Max(_hugeRead, hugeRead));
        }
    }

    private static bool Accepts(Stream stream, GgufReadOptions options, ArrayBufferWriter<byte>? json, bool parse)
    {
        GgufFile file;
        try
        {
            file = GgufFile.Read(stream, options);
        }
        catch (GgufException)
        {
            return false;
        }

        if (json is null)
        {
            ModelFacts.From(file);
        }
        else
        {
            Use(file, json, parse);
        }

        return true;
    }

    private static void Use(GgufFile file, ArrayBufferWriter<byte> json, bool parse)
    {
        var facts = ModelFacts.From(file);
        json.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }))
        {
            writer.WriteStartArray();
            ModelInfoJson.Write(writer, file, verbose: true, facts.ParameterCount);
            ModelInfoJson.Write(writer, file, verbose: false);
            ModelInfoJson.WriteTensors(writer, file);
            writer.WriteEndArray();
        }

        if (parse)
        {
            using var document = JsonDocument.Parse(json.WrittenMemory);
        }
    }

    private static byte[] Sound()
    {
        var writer = new GgufWriter();
        foreach (var (key, value) in ReadingTests.EveryType())
        {
            writer.Add(key, value);
        }

        return writer.Add("general.alignment", 64u).AddZeros("token_embd.weight", GgufTensorType.Q8_0, 64, 3).AddZeros("blk.0.w", GgufTensorType.F32, 5).ToArray();
    }

    private static byte[] Part() => new GgufWriter(2)
        .Add("general.architecture", "llama")
        .Add("split.no", GgufValue.Of((ushort)0))
        .Add("split.count", GgufValue.Of((ushort)3))
        .Add("split.tensors.count", GgufValue.Of(12))
        .Add("llama.attention.head_count_kv", GgufArray.Of(4, 0, 2, 0))
        .Add("llama.block_count", 4u)
        .AddZeros("blk.0.w", GgufTensorType.Q6_K, 256, 2)
        .ToArray();

    private static byte[] Mutate(byte[] sound, Random random)
    {
        var bytes = random.Next(16) switch
        {
            0 => sound[..random.Next(sound.Length)],
            1 => Noise(random),
            2 => Splice(sound, random),
            _ => [.. sound],
        };
        for (var change = random.Next(4); change > 0 && bytes.Length > 8; change--)
        {
            // Tensor data is the dull end of a file.
            var at = random.Next(2) == 0 ? random.Next(bytes.Length - 8) : random.Next(Math.Min(bytes.Length - 8, 512));
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), (ulong)random.NextInt64() >> random.Next(64));
                    break;
                case 3:
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), Interesting[random.Next(Interesting.Length)]);
                    break;
                case 4:
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), (uint)Interesting[random.Next(Interesting.Length)]);
                    break;
            }
        }

        return bytes;
    }

    private static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(600)];
        random.NextBytes(bytes);
        // Half of it gets past the beginning, with counts that are believable.
        if (random.Next(2) == 0 && bytes.Length > 24)
        {
            "GGUF"u8.CopyTo(bytes);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), 3);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), random.Next(3));
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), random.Next(4));
        }

        return bytes;
    }

    // A piece of the file twice, or gone.
    private static byte[] Splice(byte[] sound, Random random)
    {
        var (from, to) = (random.Next(sound.Length), random.Next(sound.Length));
        return [.. sound[..from], .. sound[to..]];
    }
}
