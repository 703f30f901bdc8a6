using System.Globalization;
using GGLib.Acceptance.Scheduling;
using GGLib.Engine.Launching;

namespace GGLib.Acceptance.Backends;

/// <summary>The tests run on the CPU backend that <c>GGLIB_TEST_CPU_BACKEND</c> chooses, and say which one that is.</summary>
public sealed class CpuBackendTests(ITestOutputHelper output)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_is_computed_by_the_chosen_backend()
    {
        await using var server = await ScheduledServer.StartAsync(new EngineSettings { ContextLength = 256, Parallel = 1, Threads = 1 }, Cancellation);
        using var client = new Scheduling.Client(server.Address);
        Assert.Null((await client.GenerateAsync("tiny-random", 2, stream: false, cancellation: Cancellation)).Error);

        // The process's memory map shows which backend computes; the log may be wrong.
        var child = server.ChildOf("tiny-random").ToString(CultureInfo.InvariantCulture);
        var loaded = OperatingSystem.IsLinux() ? CpuBackends.NamedIn(await File.ReadAllTextAsync($"/proc/{child}/maps", Cancellation)) : [];
        var installed = Path.Combine(AcceptanceEngine.InstallFolder, "engine");
        output.WriteLine($"loaded {string.Join(", ", loaded)}; installed {(Directory.Exists(installed) ? string.Join(", ", CpuBackends.In(installed)) : "none")}");
        if (AcceptanceEngine.Backend is { } chosen)
        {
            Assert.Equal([chosen is CpuBackends.Oldest ? Assert.Single(CpuBackends.In(Path.Combine(AcceptanceEngine.DataFolder, "engine"))) : chosen], loaded);
        }
    }

    [Fact]
    public void Backends_are_ordered_by_age()
    {
        Assert.Equal(["x64", "sse42", "haswell", "zen4"], CpuBackends.ByAgeOf(["zen4", "haswell", "x64", "haswell", "sse42"]));
        Assert.Equal(["armv8.0_1", "armv8.2_1"], CpuBackends.ByAgeOf(["armv8.2_1", "armv8.0_1"]));
    }

    [Fact]
    public void A_choice_is_one_backend_or_all_from_the_oldest_on()
    {
        Assert.Equal(["haswell"], CpuBackends.Candidates(["x64", "haswell"], "haswell"));
        Assert.Equal(["x64", "haswell"], CpuBackends.Candidates(["x64", "haswell"], CpuBackends.Oldest));
        Assert.Contains("It has: x64, haswell.", Assert.Throws<InvalidOperationException>(() => CpuBackends.Candidates(["x64", "haswell"], "nope")).Message, StringComparison.Ordinal);
    }
}
