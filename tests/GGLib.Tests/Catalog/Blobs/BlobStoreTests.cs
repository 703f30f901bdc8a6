using System.Text;
using GGLib.Catalog.Blobs;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Catalog.Blobs;

public sealed class BlobStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly BlobStore _store;

    public BlobStoreTests() => _store = BlobStore.Open(_folder["blobs"], TimeProvider.System);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sha256:e997afd18e5f6be004fc193aed2c90291e68ab2c7599a62538c935b7fca6ab0f")]
    [InlineData("sha256-e997afd18e5f6be004fc193aed2c90291e68ab2c7599a62538c935b7fca6ab0f")]
    [InlineData("sha256:E997AFD18E5F6BE004FC193AED2C90291E68AB2C7599A62538C935B7FCA6AB0F")]
    public void A_digest_is_read_in_all_its_spellings(string text)
    {
        Assert.True(BlobDigest.TryParse(text, out var digest));
        Assert.Equal("sha256:e997afd18e5f6be004fc193aed2c90291e68ab2c7599a62538c935b7fca6ab0f", digest.ToString());
        Assert.Equal("sha256-e997afd18e5f6be004fc193aed2c90291e68ab2c7599a62538c935b7fca6ab0f", digest.FileName);
        Assert.Equal("e997afd18e5f", digest.Short);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("foo")]
    [InlineData("sha256:")]
    [InlineData("sha256:e997")]
    [InlineData("sha256:../../../../../../../../../../../../../../../../../../../../../etc")]
    [InlineData("sha256/e997afd18e5f6be004fc193aed2c90291e68ab2c7599a62538c935b7fca6ab0f")]
    [InlineData("sha512:e997afd18e5f6be004fc193aed2c90291e68ab2c7599a62538c935b7fca6ab0f")]
    [InlineData("sha256:e997afd18e5f6be004fc193aed2c90291e68ab2c7599a62538c935b7fca6ab0\0")]
    [InlineData("sha256:e997afd18e5f6be004fc193aed2c90291e68ab2c7599a62538c935b7fca6ab0f0")]
    [InlineData("sha256:e997afd18e5f6be004fc193aed2c90291e68ab2c7599a62538c935b7fca6ab0١")]
    public void What_is_no_digest_is_refused(string? text) => Assert.False(BlobDigest.TryParse(text, out _));

    [Fact]
    public async Task A_written_blob_is_found_under_its_digest_and_nothing_else_is_left()
    {
        var bytes = Encoding.UTF8.GetBytes("hello blob");
        var digest = BlobDigest.Of(bytes);

        var result = await _store.WriteAsync(digest, new MemoryStream(bytes), Limit.Token);

        Assert.Equal(BlobWriteOutcome.Created, result.Outcome);
        Assert.Equal(Path.Combine(_folder["blobs"], "sha256-e997afd18e5f6be004fc193aed2c90291e68ab2c7599a62538c935b7fca6ab0f"), _store.Find(digest));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_store.PathOf(digest), Limit.Token));
        Assert.Equal(10, _store.SizeOf(digest));
        Assert.Equal([digest], _store.List());
        Assert.Empty(Directory.GetFiles(_store.Partials));

        Assert.Equal(BlobWriteOutcome.AlreadyThere, (await _store.WriteAsync(digest, new UnreadableStream(), Limit.Token)).Outcome);
        Assert.True(_store.Delete(digest));
        Assert.False(_store.Delete(digest));
        Assert.Null(_store.Find(digest));
        Assert.Null(_store.SizeOf(digest));
    }

    [Fact]
    public async Task Bytes_of_another_digest_leave_nothing()
    {
        var expected = BlobDigest.Of("this"u8);

        var result = await _store.WriteAsync(expected, new MemoryStream("that"u8.ToArray()), Limit.Token);

        Assert.Equal(new BlobWriteResult(BlobWriteOutcome.Mismatch, BlobDigest.Of("that"u8)), result);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_stream_that_breaks_leaves_nothing()
    {
        await Assert.ThrowsAsync<IOException>(() => _store.WriteAsync(BlobDigest.Of("this"u8), new UnreadableStream(), Limit.Token));

        Assert.Empty(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Many_may_write_the_same_blob_at_once()
    {
        var bytes = new byte[3 << 20];
        new Random(7).NextBytes(bytes);
        var digest = BlobDigest.Of(bytes);
        var other = BlobStore.Open(_folder["blobs"], TimeProvider.System);

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(number =>
            Task.Run(() => (number % 2 == 0 ? _store : other).WriteAsync(digest, new MemoryStream(bytes), Limit.Token)))).Within();

        Assert.All(results, static result => Assert.NotEqual(BlobWriteOutcome.Mismatch, result.Outcome));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_store.PathOf(digest), Limit.Token));
        Assert.Empty(Directory.GetFiles(_store.Partials));
    }

    [Fact]
    public void Only_what_was_abandoned_long_ago_and_nobody_holds_is_swept()
    {
        var now = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        var store = BlobStore.Open(_folder["blobs"], new FakeTimeProvider(now));
        Directory.CreateDirectory(store.Partials);
        var old = Partial("old", now.AddDays(-8));
        var recent = Partial("recent", now.AddDays(-6));
        var held = Partial("held", now.AddDays(-8));
        using (new FileStream(held, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Equal(5, store.SweepPartials(TimeSpan.FromDays(7)));
        }

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(recent));
        Assert.True(File.Exists(held));

        string Partial(string name, DateTimeOffset changed)
        {
            var path = Path.Combine(store.Partials, name);
            File.WriteAllText(path, "bytes");
            File.SetLastWriteTimeUtc(path, changed.UtcDateTime);
            return path;
        }
    }

    private sealed class UnreadableStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("The stream broke.");
    }
}
