using GGLib.Engine.Hardware;
using GGLib.Engine.Launching;

namespace GGLib.Tests.Engine.Launching;

/// <summary>Where a model's memory lies on a machine with two GPUs, of which one has 8 GiB free and the other 4, and 16 GiB of its own.</summary>
public sealed class MemoryPlacementTests
{
    private const long GiB = 1L << 30;

    private static readonly MemoryCapacity Two = new() { HostBytes = 16 * GiB, Devices = [new("CUDA0", "", 12 * GiB, 8 * GiB), new("CUDA1", "", 6 * GiB, 4 * GiB)] };

    [Theory]
    [InlineData(3, 2, 1, 0)]
    [InlineData(9, 6, 3, 0)]
    [InlineData(12, 8, 4, 0)]
    [InlineData(20, 8, 4, 8)]
    public void A_model_is_split_by_what_is_free_and_what_no_gpu_holds_lies_in_the_machines_memory(int bytes, int first, int second, int host) =>
        AssertPlaces(new EngineSettings(), bytes, first, second, host);

    [Theory]
    [InlineData(0, null, 10, 8, 0, 2)]
    [InlineData(1, null, 10, 0, 4, 6)]
    [InlineData(1, "none", 3, 0, 3, 0)]
    [InlineData(null, "none", 10, 8, 0, 2)]
    [InlineData(1, "row", 12, 8, 4, 0)]
    [InlineData(-1, null, 12, 8, 4, 0)]
    public void One_gpu_holds_it_all_where_nothing_is_split(int? mainGpu, string? mode, int bytes, int first, int second, int host) =>
        AssertPlaces(new EngineSettings { MainGpu = mainGpu, SplitMode = mode }, bytes, first, second, host);

    [Theory]
    [InlineData(new[] { 1.0, 1 }, 6, 3, 3, 0)]
    [InlineData(new[] { 1.0, 1 }, 12, 4, 4, 4)]
    [InlineData(new[] { 1.0, 3 }, 4, 1, 3, 0)]
    [InlineData(new[] { 1.0 }, 9, 8, 0, 1)]
    [InlineData(new[] { 0.0, 0, 1 }, 9, 6, 3, 0)]
    public void Shares_that_are_said_are_kept_until_one_gpu_is_full(double[] split, int bytes, int first, int second, int host) =>
        AssertPlaces(new EngineSettings { TensorSplit = split }, bytes, first, second, host);

    [Fact]
    public void Without_layers_on_a_gpu_it_lies_in_the_machines_memory() => AssertPlaces(new EngineSettings { GpuLayers = 0 }, 5, 0, 0, 5);

    [Theory]
    [InlineData(3, null, 12)]
    [InlineData(9, null, 12)]
    [InlineData(13, null, 28)]
    [InlineData(13, 20, 20)]
    [InlineData(3, 10, 10)]
    public void A_launch_is_planned_by_the_gpus_as_long_as_they_hold_the_weights(int weights, int? budget, int expected) =>
        Assert.Equal(expected * GiB, MemoryPlacement.AvailableTo(Model(weights), new EngineSettings(), Two with { MostBytes = budget * GiB ?? long.MaxValue }));

    [Fact]
    public void Files_that_a_section_adds_may_be_what_the_gpus_do_not_hold()
    {
        Assert.Equal(28 * GiB, MemoryPlacement.AvailableTo(Model(11), new EngineSettings { AttachedBytes = 2 * GiB }, Two));
        Assert.Equal(8 * GiB, MemoryPlacement.AvailableTo(Model(5), new EngineSettings { MainGpu = 0 }, Two));
        Assert.Equal(24 * GiB, MemoryPlacement.AvailableTo(Model(9), new EngineSettings { MainGpu = 0 }, Two));
    }

    [Fact]
    public void What_the_child_says_of_each_gpu_goes_before_every_estimate()
    {
        var told = MemoryPlacement.Of(GiB, 5 * GiB, new Dictionary<string, long> { ["CUDA1"] = 4 * GiB, ["CUDA0"] = GiB }, new EngineSettings(), Two);
        Assert.Equal((GiB, GiB, 4 * GiB), (told.Host, told.Device(0), told.Device(1)));

        // A sum alone, or names of devices that nobody has listed.
        var sum = MemoryPlacement.Of(GiB, 6 * GiB, new Dictionary<string, long> { ["Vulkan0"] = 6 * GiB }, new EngineSettings(), Two);
        Assert.Equal((GiB, 4 * GiB, 2 * GiB), (sum.Host, sum.Device(0), sum.Device(1)));
    }

    [Fact]
    public void A_gpu_that_others_have_filled_gets_nothing()
    {
        var capacity = Two with { Devices = [Two.Devices[0] with { FreeBytes = 0 }, Two.Devices[1]] };

        AssertPlaces(new EngineSettings(), 6, 0, 4, 2, capacity);
        AssertPlaces(new EngineSettings { MainGpu = 0 }, 6, 0, 0, 6, capacity);
        AssertPlaces(new EngineSettings { TensorSplit = [1, 1] }, 6, 0, 0, 6, capacity);
    }

    private static EngineModel Model(int weights) => new() { Key = "m", Path = "/m", SizeBytes = weights * GiB };

    private static void AssertPlaces(EngineSettings settings, int bytes, int first, int second, int host, MemoryCapacity? capacity = null)
    {
        var places = MemoryPlacement.Of(bytes * GiB, settings, capacity ?? Two);

        // Shares are rounded up to a byte.
        Assert.InRange(places.Device(0), first * GiB, (first * GiB) + 1);
        Assert.InRange(places.Device(1), second * GiB, (second * GiB) + 1);
        Assert.Equal(host * GiB, places.Host);
    }
}
