using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using GGLib.Gguf;
using GGLib.Tests.Catalog;

namespace GGLib.Tests.Gguf;

public sealed class DamagedFileTests
{
    private static byte[] Sound()
    {
        var writer = new GgufWriter();
        foreach (var (key, value) in ReadingTests.EveryType())
        {
            writer.Add(key, value);
        }

        return writer.AddZeros("token_embd.weight", GgufTensorType.Q8_0, 64, 3).AddZeros("blk.0.w", GgufTensorType.F32, 5).ToArray();
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_with_a_sentence()
    {
        var sound = Sound();
        var end = sound.AsSpan().LastIndexOfAnyExcept((byte)0);
        var dataEnd = DataEnd(sound);
        Assert.InRange(end, 1, dataEnd);
        for (var length = 0; length < dataEnd; length++)
        {
            var exception = Assert.Throws<GgufException>(() => GgufFile.Read(new MemoryStream(sound[..length]), GgufReadOptions.LargeArrays));
            Assert.InRange(exception.Offset, 0, length);
            Assert.Contains(length == 0 ? "empty" : "at byte", exception.Message, StringComparison.Ordinal);
        }

        GgufFile.Read(new MemoryStream(sound[..dataEnd]));
    }

    [Fact]
    public void A_header_alone_is_accepted_when_asked_for()
    {
        var sound = Sound();
        var header = sound[..(int)GgufFile.Read(new MemoryStream(sound)).TensorDataOffset];

        Assert.Equal(2, GgufFile.Read(new MemoryStream(header), GgufReadOptions.HeaderOnly).Tensors.Length);
        Assert.Contains("incomplete", Assert.Throws<GgufException>(() => GgufFile.Read(new MemoryStream(header))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "does not begin with 'GGUF'")]
    [InlineData(1, "version 1 is not supported")]
    [InlineData(2, "big-endian")]
    [InlineData(3, "tensors, more than it can hold")]
    [InlineData(4, "metadata entries, more than it can hold")]
    [InlineData(5, "unknown type 13")]
    [InlineData(6, "which should be")]
    [InlineData(7, "elements, more than the file can hold")]
    [InlineData(8, "appears twice")]
    public void Says_what_is_wrong(int damage, string expected)
    {
        byte[] bytes = new GgufWriter().Add("a", "text").Add("b", GgufArray.Of(1, 2, 3)).ToArray();
        var text = bytes.AsSpan().IndexOf("text"u8);
        switch (damage)
        {
            case 0:
                bytes[0] = (byte)'g';
                break;
            case 1:
                bytes[4] = 1;
                break;
            case 2:
                (bytes[4], bytes[7]) = (0, 3);
                break;
            case 3:
                bytes.AsSpan(8, 8).Fill(255);
                break;
            case 4:
                bytes[17] = 1;
                break;
            case 5:
                bytes[text - 12] = 13;
                break;
            case 6:
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(text - 8), ulong.MaxValue);
                break;
            case 7:
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(bytes.AsSpan().IndexOf("b"u8) + 9), 1L << 40);
                break;
            case 8:
                bytes[bytes.AsSpan().IndexOf("b"u8)] = (byte)'a';
                break;
        }

        Assert.Contains(expected, Assert.Throws<GgufException>(() => GgufFile.Read(new MemoryStream(bytes))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull")]
    [InlineData("tjgg....", "older GGML format")]
    [InlineData("PK\u0003\u0004....", "ZIP archive")]
    [InlineData("<!DOCTYPE html>", "web page")]
    [InlineData("ggml", "does not begin with 'GGUF'")]
    public void Says_what_people_take_for_a_model(string content, string expected) => Refused(Encoding.ASCII.GetBytes(content), expected);

    [Theory]
    [InlineData(GgufTensorType.F32, 16UL, "no multiple of 32")]
    [InlineData(GgufTensorType.F32, 32UL, "incomplete")]
    [InlineData(GgufTensorType.F32, 0x7FFF_FFFF_FFFF_FFE0UL, "incomplete")]
    [InlineData(GgufTensorType.F32, 0x8000_0000_0000_0000UL, "beyond any file")]
    [InlineData((GgufTensorType)4711, 0x1000UL, "incomplete")]
    public void Refuses_tensors_that_lie_where_they_cannot(GgufTensorType type, ulong offset, string expected)
    {
        var bytes = new GgufWriter().AddZeros("t", type, 1).ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24 + 9 + 4 + 8 + 4), offset);

        Refused(bytes, expected);
    }

    [Fact]
    public void Refuses_shapes_and_alignments_that_cannot_be()
    {
        Refused(new GgufWriter().Add("general.alignment", 33u).ToArray(), "power of two");
        Refused(new GgufWriter().Add("general.alignment", "32").ToArray(), "power of two");
        var zero = new GgufWriter().Add("general.alignment", 32u).ToArray();
        zero[24 + 8 + "general.alignment".Length + 4] = 0;
        Refused(zero, "power of two");
        Refused(new GgufWriter().AddZeros("t", GgufTensorType.F32, 1).AddZeros("t", GgufTensorType.F32, 1).ToArray(), "appears twice");

        var bytes = new GgufWriter().AddZeros("t", GgufTensorType.F32, 1, 1).ToArray();
        bytes.AsSpan(24 + 9 + 4, 16).Fill(0x7F);
        Refused(bytes, "more elements than can be counted");

        bytes = new GgufWriter().AddZeros("t", GgufTensorType.F32, 1).ToArray();
        bytes[24 + 9] = 200;
        Refused(bytes, "200 dimensions");
    }

    [Fact]
    public void Refuses_arrays_nested_without_end()
    {
        var array = GgufArray.Of(1);
        for (var depth = 0; depth < 1000; depth++)
        {
            array = GgufArray.Of(array);
        }

        Refused(new GgufWriter().Add("deep", array).ToArray(), "nested more than");
    }

    [Fact]
    public void A_name_from_the_file_cannot_write_to_the_terminal()
    {
        var bytes = new GgufWriter().Add("\u001b[31m" + new string('x', 500), 1).Add("b", 2).ToArray();
        bytes[24 + 8 + 505] = 99;

        var message = Assert.Throws<GgufException>(() => GgufFile.Read(new MemoryStream(bytes))).Message;

        Assert.DoesNotContain('\u001b', message);
        Assert.InRange(message.Length, 1, 200);
    }

    [Fact]
    public void A_stream_that_ends_early_is_cut_short_not_endless()
    {
        var sound = Sound();

        Assert.Throws<GgufException>(() => GgufFile.Read(new LyingStream(sound[..200], sound.Length)));
    }

    [Fact]
    public async Task What_has_no_bytes_is_refused_at_once()
    {
        using var folder = new TemporaryFolder();
        var path = folder["empty.gguf"];
        await File.WriteAllBytesAsync(path, [], Limit.Token);
        Assert.Throws<GgufException>(() => GgufFile.Read(path));
        if (!OperatingSystem.IsWindows())
        {
            // Opening a pipe that nobody writes to would wait for ever, through a link as well.
            using var mkfifo = Process.Start("mkfifo", folder["pipe.gguf"]);
            await mkfifo.WaitForExitAsync(Limit.Token);
            File.CreateSymbolicLink(folder["link.gguf"], folder["pipe.gguf"]);
            await Task.Run(() => Assert.Throws<GgufException>(() => GgufFile.Read(folder["pipe.gguf"])), Limit.Token).Within();
            await Task.Run(() => Assert.Throws<GgufException>(() => GgufSet.Read(folder["link.gguf"])), Limit.Token).Within();
        }
    }

    private static void Refused(byte[] bytes, string expected) =>
        Assert.Contains(expected, Assert.Throws<GgufException>(() => GgufFile.Read(new MemoryStream(bytes))).Message, StringComparison.Ordinal);

    private static int DataEnd(byte[] bytes)
    {
        var file = GgufFile.Read(new MemoryStream(bytes));
        return (int)(file.TensorDataOffset + file.Tensors[^1].Offset + file.Tensors[^1].ByteLength!.Value);
    }

    /// <summary>A file that another process shortens while it is read.</summary>
    private sealed class LyingStream(byte[] bytes, long length) : MemoryStream(bytes)
    {
        public override long Length => length;
    }
}
