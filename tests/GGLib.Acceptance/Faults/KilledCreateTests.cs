using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using GGLib.Catalog;
using GGLib.Gguf;

namespace GGLib.Acceptance.Faults;

/// <summary>
/// The program killed at random points of a create that quantizes, and of a blob upload: what the store shows afterwards is whole. <c>GGLIB_KILLS</c> says how often, 10 where it does not.
/// </summary>
public sealed class KilledCreateTests(ITestOutputHelper output) : IDisposable
{
    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("GGLIB_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 10;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gglib-kills-");

    private string Home => Path.Combine(_folder.FullName, "home");

    private string Blobs => ModelLibrary.BlobFolderOf(Home);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_create_that_is_killed_leaves_the_model_before_it_or_the_model_after_it()
    {
        var engine = await AcceptanceEngine.GetAsync(Cancellation);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "Modelfile"), $"FROM {Weights()}\nSYSTEM Hi.", Cancellation);

        // How long it takes when nobody kills it; this also is the model that may be there.
        var began = Stopwatch.GetTimestamp();
        Assert.Equal(0, await RunAsync(engine.Path, Timeout.InfiniteTimeSpan, "create", "q", "-q", "F16"));
        var whole = Stopwatch.GetElapsedTime(began);
        var chance = new Random(20261125);
        var finished = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            var format = kill % 2 == 0 ? "Q8_0" : "F16";
            var after = whole * chance.NextDouble() * 1.1;
            finished += await RunAsync(engine.Path, after, "create", "q", "-q", format) == 0 ? 1 : 0;
            AssertConsistent($"kill {kill} after {after.TotalMilliseconds:F0} ms");
        }

        output.WriteLine($"{Kills} kills within {whole.TotalMilliseconds:F0} ms, {finished} came too late; {Directory.GetFiles(Blobs).Length} blobs");
        Assert.True(finished < Kills, "no kill came in time");
        Assert.Equal(0, await RunAsync(engine.Path, Timeout.InfiniteTimeSpan, "create", "q", "-q", "Q8_0"));
        AssertConsistent("the end");
    }

    [Fact]
    public async Task An_upload_whose_server_is_killed_leaves_no_half_blob()
    {
        var engine = await AcceptanceEngine.GetAsync(Cancellation);
        var content = new byte[64 << 20];
        new Random(1).NextBytes(content);
        var digest = Convert.ToHexStringLower(SHA256.HashData(content));
        var chance = new Random(2);
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        var broken = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            var port = FreePort();
            using var program = Start(engine.Path, "proxy", "--port", port.ToString(CultureInfo.InvariantCulture));
            try
            {
                await AnswersAsync(http, port, program);

                // So many bytes are let through before the kill.
                using var body = new CutStream(content, chance.Next(content.Length), program.Kill);
                using var sent = await http.PostAsync(new Uri($"http://127.0.0.1:{port}/api/blobs/sha256:{digest}"), new StreamContent(body), Cancellation);
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

            Assert.Empty(Directory.GetFiles(Blobs));
            AssertConsistent($"kill {kill}");
        }

        Assert.Equal(Kills, broken);
    }

    // Big enough that converting it takes a moment, of many tensors.
    private string Weights()
    {
        var path = Path.Combine(_folder.FullName, "weights.gguf");
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

    // No half blob under a final name, no row without a file, and the model is one of the two.
    private void AssertConsistent(string when)
    {
        foreach (var blob in Directory.Exists(Blobs) ? Directory.GetFiles(Blobs) : [])
        {
            using var stream = File.OpenRead(blob);
            Assert.True(Path.GetFileName(blob) == "sha256-" + Convert.ToHexStringLower(SHA256.HashData(stream)), $"{when}: {blob} is not what its name says");
        }

        using var catalog = ModelCatalog.Open(Home, TimeProvider.System);
        Assert.All(catalog.List(), model => Assert.True(model.State is FileState.Ready, $"{when}: {model.Name} is {model.State}: {model.Problem}"));
        if (catalog.Find("q") is { } made)
        {
            Assert.Equal("Hi.", made.Profile.System);
            Assert.Contains(made.Facts.Quantization, (string[])["F16", "Q8_0"]);
        }
    }

    /// <returns>The exit code; -1 when it was killed.</returns>
    private async Task<int> RunAsync(string engine, TimeSpan killAfter, params string[] arguments)
    {
        using var program = Start(engine, arguments);
        var drained = Task.WhenAll(program.StandardOutput.ReadToEndAsync(Cancellation), program.StandardError.ReadToEndAsync(Cancellation));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(killAfter);
        try
        {
            await program.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            program.Kill();
            await program.WaitForExitAsync(Cancellation);
            return -1;
        }

        Assert.True(program.ExitCode == 0, string.Join('\n', await drained));
        return program.ExitCode;
    }

    private Process Start(string engine, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "gglib.exe" : "gglib"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.FullName,
        };

        // An install of gglib's own is found in its data folder, and runs by more than its path; any other engine is named.
        var installed = Path.Combine(Home, "engine");
        if (!engine.StartsWith(AcceptanceEngine.DataFolder, StringComparison.Ordinal))
        {
            start.Environment["GGLIB_LLAMA_SERVER"] = engine;
        }
        else if (!Directory.Exists(installed))
        {
            Directory.CreateDirectory(Home);
            Directory.CreateSymbolicLink(installed, Path.Combine(AcceptanceEngine.DataFolder, "engine"));
        }

        start.Environment["GGLIB_HOME"] = Home;
        start.Environment["OLLAMA_HOST"] = "127.0.0.1:1";
        start.Environment["XDG_RUNTIME_DIR"] = _folder.FullName;
        var program = Process.Start(start)!;
        program.StandardInput.Close();
        return program;
    }

    private static async Task AnswersAsync(HttpClient http, int port, Process program)
    {
        while (true)
        {
            Assert.False(program.HasExited, "the program ended");
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/api/version"), Cancellation);
                return;
            }
            catch (HttpRequestException)
            {
                // Not yet: nothing but asking again tells.
                await Task.Delay(10, Cancellation);
            }
        }
    }

    private static int FreePort()
    {
        // Below those that outgoing connections take: asking one of these until somebody answers can connect to itself.
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(20_000, 32_000));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken; the next one.
            }
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
