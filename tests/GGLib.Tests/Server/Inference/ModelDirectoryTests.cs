using GGLib.Catalog;
using GGLib.Server.Inference;
using GGLib.Tests.FakeLlamaServer;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Server.Inference;

/// <summary>Finding a model must not hold up the thread that serves sockets.</summary>
public sealed class ModelDirectoryTests : IDisposable
{
    private readonly FakeModel _file = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ModelCatalog _catalog;
    private readonly ModelDirectory _models;

    public ModelDirectoryTests()
    {
        _catalog = ModelCatalog.OpenInMemory(_time);
        Assert.True(_catalog.Add(_file.Path, "here").Succeeded);
        _models = new ModelDirectory(_catalog);
        Assert.NotNull(_models.Find("here"));
    }

    public void Dispose()
    {
        _catalog.Dispose();
        _file.Dispose();
    }

    [Theory]
    [InlineData("here", false)]
    [InlineData("HERE:latest", false)]
    [InlineData("nowhere", true)]
    public async Task Who_asks_for_a_model_that_is_not_at_hand_goes_on_on_the_pool(string name, bool leaves) => Assert.Equal(leaves, await LeavesAsync(name));

    [Fact]
    public async Task When_files_and_database_are_to_be_looked_at_the_pool_does_it()
    {
        _time.Advance(ModelCatalog.RefreshInterval);
        // Often, because a pool that is done before the asker looks must not let it go on where it was.
        for (var time = 0; time < 2000; time++)
        {
            Assert.True(await LeavesAsync("here"));
        }

        Assert.NotNull(_models.Find("here"));
        Assert.False(await LeavesAsync("here"));
    }

    private Task<bool> LeavesAsync(string name)
    {
        var after = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(async () =>
        {
            await _models.EnsureLookupThread(name);
            after.SetResult(Thread.CurrentThread.IsThreadPoolThread);
        }).Start();
        return after.Task.Within();
    }
}
