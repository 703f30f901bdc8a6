using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using GGLib.Gguf;
using GGLib.Tests.Catalog;
using Microsoft.Win32.SafeHandles;

namespace GGLib.Tests.Gguf;

public sealed class HugeFileTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_header_of_a_model_of_40_GB_is_read_in_little_memory()
    {
        var path = _folder["big.gguf"];
        WriteModel(path);
        var length = new FileInfo(path).Length;
        Assert.InRange(length, 40_000_000_000, 45_000_000_000);

        var times = new List<double>();
        var allocated = long.MaxValue;
        for (var round = 0; round < 20; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            var facts = ModelFacts.From(GgufSet.Read(path));
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal(("llama", "70.9B", true), (facts.Architecture, facts.ParameterSize, facts.Can(Capability.Insert)));
        }

        times.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"header of {length:N0} bytes with 152,000 tokens and 723 tensors: {times[0]:F1} ms at best, {times[times.Count / 2]:F1} ms in the middle, {times[^1]:F1} ms at worst (the first); {allocated / 1024:N0} KiB allocated"));
        Assert.InRange(allocated, 0, 2 * 1024 * 1024);
    }

    [Fact]
    public void Of_a_huge_file_only_the_header_is_read()
    {
        var head = new GgufWriter().Add("general.architecture", "llama").ToArray();
        var stream = new HugeStream(head, 40_000_000_000);

        GgufFile.Read(stream);

        Assert.InRange(stream.BytesRead, 1, 256 * 1024);
    }

    [Theory]
    [InlineData(8u, "The header goes on beyond 128 MiB")]
    [InlineData(10u, "elements, more than the file can hold")]
    public void A_count_that_would_lead_through_the_whole_file_is_refused(uint elementType, string expected)
    {
        var head = new GgufWriter().Add("k", GgufArray.Of(1L)).ToArray();
        var at = 24 + 9 + 4;
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(at), elementType);
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(at + 4), elementType == 10 ? 4_000_000_000UL : 11_000_000UL);
        var stream = new HugeStream(Texts(head, at + 12), 400_000_000_000);

        var exception = Assert.Throws<GgufException>(() => GgufFile.Read(stream));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.InRange(stream.BytesRead, 1, 140 * 1024 * 1024);
    }

    [Fact]
    public void A_long_text_stays_in_the_file_unless_asked_for()
    {
        var text = new string('x', 3 * 1024 * 1024);
        var bytes = new GgufWriter().Add("long", text).Add("after", "here").ToArray();

        var brief = GgufFile.Read(new MemoryStream(bytes)).Metadata;
        var whole = GgufFile.Read(new MemoryStream(bytes), GgufReadOptions.LargeArrays).Metadata;

        Assert.Equal((null, GgufType.String, "here"), (brief.Text("long"), brief["long"].Type, brief.Text("after")));
        Assert.Equal(text, whole.Text("long"));
        Assert.Throws<ArgumentException>(() => new GgufWriter().Add("long", brief["long"]));
    }

    [Fact]
    public void More_names_than_any_model_needs_are_refused()
    {
        var writer = new GgufWriter();
        for (var entry = 0; entry < 300; entry++)
        {
            writer.Add(entry.ToString(CultureInfo.InvariantCulture), new string('x', 64 * 1024));
        }

        Assert.Contains("more names and texts", Assert.Throws<GgufException>(() => GgufFile.Read(new MemoryStream(writer.ToArray()))).Message, StringComparison.Ordinal);
    }

    // Texts of 20 bytes as far as a header can go, and farther.
    private static byte[] Texts(byte[] head, int at)
    {
        var bytes = new byte[at + 150_000_000];
        head.CopyTo(bytes, 0);
        for (var text = at; text + 28 <= bytes.Length; text += 28)
        {
            bytes[text] = 20;
        }

        return bytes;
    }

    // 70B-like: 80 layers of nine tensors, a vocabulary of 152,000 tokens.
    private static void WriteModel(string path)
    {
        var tokens = Enumerable.Range(0, 152_000).Select(static number => "token" + number).ToArray();
        (tokens[10], tokens[11], tokens[^1]) = ("<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>");
        var writer = new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("llama.block_count", 80u)
            .Add("tokenizer.ggml.tokens", GgufArray.Of(tokens))
            .Add("tokenizer.ggml.token_type", GgufArray.Of(new int[tokens.Length]))
            .Add("tokenizer.ggml.merges", GgufArray.Of(tokens))
            .Add("tokenizer.chat_template", new string('x', 8000))
            .AddZeros("token_embd.weight", GgufTensorType.Q4_K, 8192, 152_064)
            .AddZeros("output.weight", GgufTensorType.Q6_K, 8192, 152_064)
            .AddZeros("output_norm.weight", GgufTensorType.F32, 8192);
        for (var layer = 0; layer < 80; layer++)
        {
            writer
                .AddZeros($"blk.{layer}.attn_norm.weight", GgufTensorType.F32, 8192)
                .AddZeros($"blk.{layer}.attn_q.weight", GgufTensorType.Q4_K, 8192, 8192)
                .AddZeros($"blk.{layer}.attn_k.weight", GgufTensorType.Q4_K, 8192, 1024)
                .AddZeros($"blk.{layer}.attn_v.weight", GgufTensorType.Q6_K, 8192, 1024)
                .AddZeros($"blk.{layer}.attn_output.weight", GgufTensorType.Q4_K, 8192, 8192)
                .AddZeros($"blk.{layer}.ffn_norm.weight", GgufTensorType.F32, 8192)
                .AddZeros($"blk.{layer}.ffn_gate.weight", GgufTensorType.Q4_K, 8192, 28_672)
                .AddZeros($"blk.{layer}.ffn_up.weight", GgufTensorType.Q4_K, 8192, 28_672)
                .AddZeros($"blk.{layer}.ffn_down.weight", GgufTensorType.Q5_K, 28_672, 8192);
        }

        using var stream = File.Create(path);
        if (OperatingSystem.IsWindows())
        {
            // Elsewhere files are sparse by themselves; here the disk would be asked for 40 GB.
            const uint SetSparse = 0x900C4;
            Assert.True(DeviceIoControl(stream.SafeFileHandle, SetSparse, 0, 0, 0, 0, out _, 0));
        }

        writer.Write(stream);
    }

    [DllImport("kernel32.dll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    [SuppressMessage("Interoperability", "SYSLIB1054", Justification = "Generated code would be unsafe, which these tests are not otherwise.")]
    private static extern bool DeviceIoControl(SafeFileHandle file, uint code, nint input, int inputLength, nint output, int outputLength, out int returned, nint overlapped);
}
