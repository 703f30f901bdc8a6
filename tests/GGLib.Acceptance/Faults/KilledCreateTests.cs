using System.Diagnostics;
using System.Security.Cryptography;
using GGLib.Catalog;
using GGLib.Gguf;

namespace GGLib.Acceptance.Faults;

/// <summary>
/// The program killed at random points of a create that quantizes, and of a blob upload: what the store shows afterwards is whole.
/// </summary>
public sealed class KilledCreateTests(ITestOutputHelper output)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_create_that_is_killed_leaves_the_model_before_it_or_the_model_after_it()
    {
        using var folder = await ProgramFolder.CreateAsync();
        await File.WriteAllTextAsync(Path.Combine(folder.Root, "Modelfile"), $"FROM {Weights(folder)}\nSYSTEM Hi.", Cancellation);

        // How long it takes when nobody kills it; this also is the model that may be there.
        var began = Stopwatch.GetTimestamp();
        await folder.SucceedAsync("create", "q", "-q", "F16");
        var whole = Stopwatch.GetElapsedTime(began);
        var chance = new Random(20261125);
        var finished = 0;
        var kill = 0;

        // At least one must come in time: where the machine was busy at first, the first ones may not.
        for (; kill < ProgramFolder.Kills || finished == kill; kill++)
        {
            var format = kill % 2 == 0 ? "Q8_0" : "F16";
            var after = whole * chance.NextDouble() * 1.1;
            using var killed = new CancellationTokenSource(after);
            began = Stopwatch.GetTimestamp();
            var (code, said) = await folder.RunAsync(["create", "q", "-q", format], null, killed.Token);
            Assert.True(code is null or 0, said);
            if (code is 0)
            {
                finished++;
                whole = Stopwatch.GetElapsedTime(began) is var shorter && shorter < whole ? shorter : whole;
            }

            AssertConsistent(folder, $"kill {kill} after {after.TotalMilliseconds:F0} ms");
        }

        output.WriteLine($"create: {kill} kills within {whole.TotalMilliseconds:F0} ms, {finished} came too late; {Directory.GetFiles(folder.Blobs).Length} blobs");
        await folder.SucceedAsync("create", "q", "-q", "Q8_0");
        AssertConsistent(folder, "the end");
    }

    [Fact]
    public async Task An_upload_whose_server_is_killed_leaves_no_half_blob()
    {
        using var folder = await ProgramFolder.CreateAsync();
        var content = new byte[64 << 20];
        new Random(1).NextBytes(content);
        var digest = Convert.ToHexStringLower(SHA256.HashData(content));
        var chance = new Random(2);
        using var http = new HttpClient { Timeout = Limit.Time };
        var broken = 0;
        for (var kill = 0; kill < ProgramFolder.Kills; kill++)
        {
            var (program, address) = await folder.ServeAsync(http);
            using var _ = program;
            try
            {
                // So many bytes are let through before the kill.
                using var body = new CutStream(content, chance.Next(content.Length), program.Kill);
                using var sent = await http.PostAsync(new Uri(address, $"api/blobs/sha256:{digest}"), new StreamContent(body), Cancellation);
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                broken++;
            }
            finally
            {
                program.Kill();
                await program.WaitForExitAsync(Cancellation);
            }

            Assert.Empty(Directory.GetFiles(folder.Blobs));
            AssertConsistent(folder, $"kill {kill}");
        }

        output.WriteLine($"upload: {ProgramFolder.Kills} servers killed, {broken} uploads broken, no blob left");
        Assert.Equal(ProgramFolder.Kills, broken);
    }

    // Big enough that converting it takes a moment, of many tensors.
    private static string Weights(ProgramFolder folder)
    {
        var path = Path.Combine(folder.Root, "weights.gguf");
        var numbers = new byte[1024 * 1024 * sizeof(float)];
        var chance = new Random(3);
        for (var at = 0; at < numbers.Length; at += sizeof(float))
        {
            BitConverter.TryWriteBytes(numbers.AsSpan(at), chance.NextSingle() - 0.5f);
        }

        var writer = new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("llama.context_length", 128u)
            .Add("llama.embedding_length", 1024u)
            .Add("llama.block_count", 4u)
            .Add("llama.feed_forward_length", 1024u)
            .Add("llama.attention.head_count", 8u)
            .Add("llama.attention.layer_norm_rms_epsilon", 0.00001f)
            .AddTensor("token_embd.weight", GgufTensorType.F32, [1024, 1024], numbers)
            .AddTensor("output_norm.weight", GgufTensorType.F32, [1024], numbers.AsMemory(0, 4096));
        for (var block = 0; block < 4; block++)
        {
            foreach (var name in (string[])["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"])
            {
                writer.AddTensor($"blk.{block}.{name}.weight", GgufTensorType.F32, [1024, 1024], numbers);
            }
        }

        writer.Write(path);
        return path;
    }

    // What the store has is whole, and the model is one of the two.
    private static void AssertConsistent(ProgramFolder folder, string when)
    {
        using var catalog = ModelCatalog.Open(folder.Home, TimeProvider.System);
        folder.AssertWhole(when, catalog);
        if (catalog.Find("q") is { } made)
        {
            Assert.Equal("Hi.", made.Profile.System);
            Assert.Contains(made.Facts.Quantization, (string[])["F16", "Q8_0"]);
        }
    }

    /// <summary>Bytes of which so many are given before something happens.</summary>
    private sealed class CutStream(byte[] content, int cutAt, Action cut) : Stream
    {
        private int _position;
        private bool _isCut;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_position >= cutAt && !_isCut)
            {
                _isCut = true;
                cut();
            }

            var length = Math.Min(Math.Min(count, 1 << 16), content.Length - _position);
            content.AsSpan(_position, length).CopyTo(buffer.AsSpan(offset));
            _position += length;
            return length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
