using GGLib.Engine.Hardware;

namespace GGLib.Tests.Engine.Hardware;

/// <summary>What the machine has, from the texts of the system and of llama-server.</summary>
public sealed class MachineMemoryTests : IDisposable
{
    private const long GiB = 1L << 30;

    private readonly string _root = Directory.CreateTempSubdirectory("gglib-memory-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Devices_are_read_from_llama_servers_list_and_those_without_memory_of_their_own_are_left_out() =>
        Assert.Equal(
            [new("CUDA0", "NVIDIA GeForce RTX 3090", 24268L << 20, 23592L << 20), new("Vulkan1", "AMD Radeon RX 6600 (RADV NAVI23)", 8176L << 20, 8000L << 20)],
            GpuList.Parse("""
                Available devices:
                  CUDA0: NVIDIA GeForce RTX 3090 (24268 MiB, 23592 MiB free)
                  Vulkan1: AMD Radeon RX 6600 (RADV NAVI23) (8176 MiB, 8000 MiB free)
                  BLAS: OpenBLAS (0 MiB, 0 MiB free)
                """));

    [Fact]
    public void A_list_with_nothing_is_nothing() => Assert.Empty(GpuList.Parse("Available devices:\n  (none)\n"));

    [Fact]
    public void Without_a_limit_the_machines_own_figures_hold()
    {
        Write("proc/meminfo", "MemTotal:       24000000 kB\nMemFree:         1000000 kB\nMemAvailable:   20000000 kB\n");
        Write("proc/self/cgroup", "0::/user.slice\n");
        Write("sys/fs/cgroup/user.slice/memory.max", "max\n");

        Assert.Equal(new HostMemory(24_000_000L * 1024, 20_000_000L * 1024, null, null), HostMemory.ReadLinux(_root));
    }

    [Fact]
    public void The_tightest_limit_of_nested_groups_counts_and_files_pages_are_free()
    {
        Write("proc/meminfo", "MemTotal:       24000000 kB\nMemAvailable:   20000000 kB\n");
        Write("proc/self/cgroup", "0::/docker/abc\n");
        Write("sys/fs/cgroup/docker/memory.max", "8589934592\n");
        Write("sys/fs/cgroup/docker/memory.current", "1000\n");
        Write("sys/fs/cgroup/docker/abc/memory.max", "4294967296\n");
        Write("sys/fs/cgroup/docker/abc/memory.current", "3000000000\n");
        Write("sys/fs/cgroup/docker/abc/memory.stat", "anon 1000000000\nfile 2000000000\ninactive_file 1500000000\nactive_file 500000000\n");

        Assert.Equal((4 * GiB, (4 * GiB) - 1_000_000_000), (HostMemory.ReadLinux(_root).LimitBytes, HostMemory.ReadLinux(_root).LimitFreeBytes));
    }

    [Fact]
    public void A_limit_of_the_first_version_is_read_too_and_its_endless_number_is_none()
    {
        Write("proc/meminfo", "MemTotal:       24000000 kB\nMemAvailable:   20000000 kB\n");
        Write("proc/self/cgroup", "12:cpu,cpuacct:/x\n5:memory:/x\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Write("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "2147483648\n");
        Write("sys/fs/cgroup/memory/x/memory.usage_in_bytes", "1073741824\n");

        Assert.Equal((2 * GiB, GiB), (HostMemory.ReadLinux(_root).LimitBytes, HostMemory.ReadLinux(_root).LimitFreeBytes));
    }

    [Fact]
    public void What_running_models_hold_is_not_lost_and_something_is_left_for_the_system()
    {
        var capacity = MachineMemory.Capacity(new HostMemory(20 * GiB, 10 * GiB, null, null), 6 * GiB, [], null);

        Assert.Equal((16 * GiB) - (GiB / 2), capacity.HostBytes);
        Assert.Equal("what the machine has free", capacity.Reason);
    }

    [Fact]
    public void A_budget_bounds_all_places_together()
    {
        var capacity = MachineMemory.Capacity(new HostMemory(20 * GiB, 20 * GiB, null, null), 0, [new("CUDA0", "", 12 * GiB, 11 * GiB)], 8 * GiB);

        Assert.Equal((8 * GiB, 8 * GiB, 8 * GiB, "memoryBudget"), (capacity.HostBytes, capacity.MostBytes, capacity.TotalBytes, capacity.Reason));
    }

    [Fact]
    public void On_apples_chips_the_gpus_memory_is_the_machines()
    {
        var capacity = MachineMemory.Capacity(new HostMemory(20 * GiB, 20 * GiB, null, null), 0, [new("Metal", "Apple M1", 16 * GiB, 16 * GiB)], null);

        Assert.Equal(capacity.HostBytes, capacity.TotalBytes);
    }

    [Fact]
    public void This_process_holds_memory_and_one_that_is_not_there_holds_none()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Null(new MachineMemory().PrivateBytesOf(Environment.ProcessId));
            return;
        }

        Assert.InRange(new MachineMemory().PrivateBytesOf(Environment.ProcessId)!.Value, 1 << 20, long.MaxValue);
        Assert.Null(new MachineMemory().PrivateBytesOf(int.MaxValue));
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
