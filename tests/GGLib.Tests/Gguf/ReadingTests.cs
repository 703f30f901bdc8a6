using System.Buffers.Binary;
using GGLib.Gguf;

namespace GGLib.Tests.Gguf;

public sealed class ReadingTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Reads_a_file_given_byte_by_byte(byte version)
    {
        byte[] bytes =
        [
            .. "GGUF"u8, version, 0, 0, 0,
            1, 0, 0, 0, 0, 0, 0, 0, // one tensor
            2, 0, 0, 0, 0, 0, 0, 0, // two metadata entries
            1, 0, 0, 0, 0, 0, 0, 0, .. "a"u8, 4, 0, 0, 0, 42, 1, 0, 0, // a: u32 298
            1, 0, 0, 0, 0, 0, 0, 0, .. "b"u8, 8, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0xC3, 0xBC, // b: "ü"
            1, 0, 0, 0, 0, 0, 0, 0, .. "t"u8, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, // t: [3, 1]
            1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // F16 at 0
        ];
        Assert.Equal(105, bytes.Length);

        var file = GgufFile.Read(new MemoryStream([.. bytes, .. new byte[128 - 105], 1, 2, 3, 4, 5, 6]));

        Assert.Equal(version, file.Version);
        Assert.Equal(["a", "b"], file.Metadata.Keys);
        Assert.Equal(298, file.Metadata.Integer("a"));
        Assert.Equal("ü", file.Metadata.Text("b"));
        var tensor = Assert.Single(file.Tensors);
        Assert.Equal(("t", GgufTensorType.F16, 0, 3), (tensor.Name, tensor.Type, tensor.Offset, tensor.ElementCount));
        Assert.Equal([3, 1], tensor.Shape);
        Assert.Equal((32, 128, 3), (file.Alignment, file.TensorDataOffset, file.ParameterCount));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Reads_every_metadata_type(int version)
    {
        var values = EveryType();
        var writer = new GgufWriter(version);
        foreach (var (key, value) in values)
        {
            writer.Add(key, value);
        }

        var file = GgufFile.Read(new MemoryStream(writer.ToArray()));

        Assert.Equal(version, file.Version);
        Assert.Equal(values, file.Metadata);
    }

    [Fact]
    public void Reads_a_typed_value_only_as_what_it_is()
    {
        var file = Read(new GgufWriter()
            .Add("u64", GgufValue.Of(ulong.MaxValue))
            .Add("i8", GgufValue.Of((sbyte)-5))
            .Add("f64", GgufValue.Of(0.1))
            .Add("text", "t")
            .Add("bool", true)
            .Add("array", GgufArray.Of(1, 2)));

        Assert.Null(file.Metadata.Integer("u64"));
        Assert.Equal((double)ulong.MaxValue, file.Metadata.Number("u64"));
        Assert.True(file.Metadata["u64"].TryGetUnsigned(out var unsigned));
        Assert.Equal(ulong.MaxValue, unsigned);
        Assert.False(file.Metadata["i8"].TryGetUnsigned(out _));
        Assert.Equal(-5, file.Metadata.Integer("i8"));
        Assert.Null(file.Metadata.Integer("f64"));
        Assert.Equal(0.1, file.Metadata.Number("f64"));
        Assert.Null(file.Metadata.Number("text"));
        Assert.Null(file.Metadata.Text("bool"));
        Assert.True(file.Metadata.Bool("bool"));
        Assert.Null(file.Metadata.Bool("absent"));
        Assert.Equal([GgufValue.Of(1), GgufValue.Of(2)], file.Metadata.Array("array")!.Values);
    }

    [Fact]
    public void Reads_every_tensor_type_and_keeps_unknown_numbers()
    {
        var types = Enum.GetValues<GgufTensorType>().Append((GgufTensorType)4711).ToList();
        var writer = new GgufWriter();
        foreach (var type in types)
        {
            writer.AddZeros("t" + (int)type, type, 256, 2);
        }

        var file = Read(writer);

        Assert.Equal(types, file.Tensors.Select(tensor => tensor.Type));
        Assert.Equal("4711", file.Tensors[^1].TypeName);
        Assert.Equal("Q4_K", file.Tensors.Single(tensor => tensor.Type == GgufTensorType.Q4_K).TypeName);
        Assert.Equal(512L * types.Count, file.ParameterCount);
        Assert.All(file.Tensors, tensor => Assert.Equal(0, tensor.Offset % 32));
    }

    [Fact]
    public void Aligns_tensor_data_as_the_file_says()
    {
        var file = Read(new GgufWriter().Add("general.alignment", 256).AddZeros("t", GgufTensorType.F32, 1).AddZeros("u", GgufTensorType.F32, 1));

        Assert.Equal((256, 256), (file.Alignment, file.TensorDataOffset));
        Assert.Equal(256, file.Tensors[1].Offset);
    }

    [Fact]
    public void Leaves_long_arrays_in_the_file_unless_asked()
    {
        var tokens = Enumerable.Range(0, 20_000).Select(index => "token" + index).ToArray();
        var bytes = new GgufWriter().Add("tokens", GgufArray.Of(tokens)).Add("after", "here").ToArray();

        var brief = GgufFile.Read(new MemoryStream(bytes));
        var whole = GgufFile.Read(new MemoryStream(bytes), GgufReadOptions.LargeArrays);

        Assert.Equal("here", brief.Metadata.Text("after"));
        Assert.Equal((20_000, false), (brief.Metadata.Array("tokens")!.Count, brief.Metadata.Array("tokens")!.IsLoaded));
        Assert.Throws<InvalidOperationException>(() => brief.Metadata.Array("tokens")!.Values);
        Assert.Equal(tokens, whole.Metadata.Array("tokens")!.Values.Select(value => value.Text));
    }

    [Fact]
    public void Reads_the_header_of_a_large_vocabulary_without_keeping_it()
    {
        var tokens = Enumerable.Range(0, 150_000).Select(index => "▁token" + index).ToArray();
        var stream = new MemoryStream(new GgufWriter()
            .Add("tokenizer.ggml.tokens", GgufArray.Of(tokens))
            .Add("tokenizer.ggml.merges", GgufArray.Of(tokens))
            .Add("tokenizer.ggml.scores", GgufArray.Of(new float[150_000]))
            .ToArray());
        GgufFile.Read(stream);
        stream.Position = 0;

        var before = GC.GetAllocatedBytesForCurrentThread();
        GgufFile.Read(stream);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public void Reads_from_the_middle_of_a_stream()
    {
        var stream = new MemoryStream([.. new byte[77], .. new GgufWriter().Add("k", "v").AddZeros("t", GgufTensorType.F32, 3).ToArray()]) { Position = 77 };

        Assert.Equal("v", GgufFile.Read(stream).Metadata.Text("k"));
    }

    [Fact]
    public void Reads_text_longer_than_the_buffer()
    {
        var text = string.Concat(Enumerable.Repeat("{% if ü %}", 50_000));

        Assert.Equal(text, Read(new GgufWriter().Add("t", text).Add("n", 1)).Metadata.Text("t"));
    }

    [Fact]
    public void Replaces_bytes_that_are_not_UTF8()
    {
        var bytes = new GgufWriter().Add("k", "XY").ToArray();
        bytes[bytes.AsSpan().IndexOf("XY"u8)] = 0xFF;

        Assert.Equal("\uFFFDY", GgufFile.Read(new MemoryStream(bytes)).Metadata.Text("k"));
    }

    [Theory]
    [InlineData("demo-chat", "llama")]
    [InlineData("demo-embed", "bert")]
    [InlineData("tiny-random", "llama")]
    public void Reads_the_bundled_models(string model, string architecture)
    {
        var file = GgufFile.Read(Repository.Model(model), GgufReadOptions.LargeArrays);

        Assert.Equal((3, architecture), (file.Version, file.Metadata.Text("general.architecture")));
        Assert.True(file.Metadata.Array("tokenizer.ggml.tokens")!.IsLoaded);
        Assert.Contains(file.Tensors, tensor => tensor is { Name: "token_embd.weight", TypeName: "Q8_0" });
    }

    [Fact]
    public void Writes_again_what_it_has_read()
    {
        var first = GgufFile.Read(Repository.Model("demo-chat"), GgufReadOptions.LargeArrays);
        var writer = new GgufWriter();
        foreach (var (key, value) in first.Metadata)
        {
            writer.Add(key, value);
        }

        Assert.Equal(first.Metadata, GgufFile.Read(new MemoryStream(writer.ToArray()), GgufReadOptions.LargeArrays).Metadata);
    }

    [Fact]
    public void A_key_set_twice_keeps_its_place()
    {
        var file = Read(new GgufWriter().Add("a", 1).Add("b", 2).Add("a", 3));

        Assert.Equal(["a", "b"], file.Metadata.Keys);
        Assert.Equal(3, file.Metadata.Integer("a"));
    }

    internal static Dictionary<string, GgufValue> EveryType() => new()
    {
        ["u8"] = GgufValue.Of(byte.MaxValue),
        ["i8"] = GgufValue.Of(sbyte.MinValue),
        ["u16"] = GgufValue.Of(ushort.MaxValue),
        ["i16"] = GgufValue.Of(short.MinValue),
        ["u32"] = GgufValue.Of(uint.MaxValue),
        ["i32"] = GgufValue.Of(int.MinValue),
        ["f32"] = GgufValue.Of(float.Epsilon),
        ["bool"] = GgufValue.Of(true),
        ["string"] = GgufValue.Of("ü\0 end"),
        ["empty"] = GgufValue.Of(""),
        ["u64"] = GgufValue.Of(ulong.MaxValue),
        ["i64"] = GgufValue.Of(long.MinValue),
        ["f64"] = GgufValue.Of(double.MaxValue),
        ["a.u8"] = GgufValue.Of(GgufArray.Of((byte)1, (byte)255)),
        ["a.i8"] = GgufValue.Of(GgufArray.Of((sbyte)-1, (sbyte)127)),
        ["a.u16"] = GgufValue.Of(GgufArray.Of((ushort)1, ushort.MaxValue)),
        ["a.i16"] = GgufValue.Of(GgufArray.Of((short)-1, short.MaxValue)),
        ["a.u32"] = GgufValue.Of(GgufArray.Of(1u, uint.MaxValue)),
        ["a.i32"] = GgufValue.Of(GgufArray.Of(-1, int.MaxValue)),
        ["a.f32"] = GgufValue.Of(GgufArray.Of(1f, float.NaN)),
        ["a.bool"] = GgufValue.Of(GgufArray.Of(true, false)),
        ["a.string"] = GgufValue.Of(GgufArray.Of("a", "", "ü")),
        ["a.u64"] = GgufValue.Of(GgufArray.Of(1UL, ulong.MaxValue)),
        ["a.i64"] = GgufValue.Of(GgufArray.Of(-1L, long.MaxValue)),
        ["a.f64"] = GgufValue.Of(GgufArray.Of(1d, double.Epsilon)),
        ["a.empty"] = GgufValue.Of(GgufArray.Of(Array.Empty<string>())),
        ["a.nested"] = GgufValue.Of(GgufArray.Of(GgufArray.Of(1, 2), GgufArray.Of("x"), GgufArray.Of(GgufArray.Of(true), GgufArray.Of("y", "z")))),
    };

    [Fact]
    public void Decodes_nested_arrays_in_order()
    {
        var nested = Read(new GgufWriter().Add("n", EveryType()["a.nested"])).Metadata.Array("n")!.Values.Select(value => value.Array!).ToList();

        Assert.Equal([1L, 2L], nested[0].Values.Select(value => value.TryGetInteger(out var integer) ? integer : 0));
        Assert.Equal(["x"], nested[1].Values.Select(value => value.Text));
        Assert.Equal(["y", "z"], nested[2].Values.Last().Array!.Values.Select(value => value.Text));
    }

    [Fact]
    public void Numbers_are_little_endian()
    {
        var bytes = new GgufWriter().Add("k", GgufArray.Of(0x0102030405060708L)).ToArray();

        Assert.Equal(0x0102030405060708L, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(24 + 9 + 4 + 12)));
    }

    private static GgufFile Read(GgufWriter writer) => GgufFile.Read(new MemoryStream(writer.ToArray()));
}
