using GGLib.Engine.Processes;

namespace GGLib.Tests.Engine.Processes;

/// <summary>Buffer sizes as llama-server 0.7.0 tells them at verbosity 4.</summary>
public sealed class MemoryReaderTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void On_a_processor_all_of_it_is_the_machines_memory()
    {
        var reader = Read("""
            0.00.022.247 I load_tensors:   CPU_Mapped model buffer size =     0.50 MiB
            0.00.022.248 I load_tensors:   CPU_Mapped model buffer size =     3.00 MiB
            0.00.022.433 I llama_context:        CPU  output buffer size =     0.25 MiB
            0.00.022.459 I llama_kv_cache:        CPU KV buffer size =     5.00 MiB
            0.00.026.433 I sched_reserve:        CPU compute buffer size =     6.50 MiB
            """);
        Assert.Equal(new ChildMemory(15 * MiB + MiB / 4, 0), reader.Memory);
        Assert.Null(reader.Layers);
    }

    [Fact]
    public void On_a_gpu_the_devices_part_is_told_apart_and_pinned_memory_is_the_machines()
    {
        var reader = Read("""
            0.01.000.000 I load_tensors: offloading 32 repeating layers to GPU
            0.01.000.001 I load_tensors: offloaded 33/33 layers to GPU
            0.01.000.002 I load_tensors:   CPU_Mapped model buffer size =   100.00 MiB
            0.01.000.003 I load_tensors:        CUDA0 model buffer size =  4000.00 MiB
            0.01.000.004 I load_tensors:        CUDA1 model buffer size =  1000.00 MiB
            0.01.000.005 I llama_context:  CUDA_Host  output buffer size =     2.00 MiB
            0.01.000.006 I llama_kv_cache:      CUDA0 KV buffer size =   512.00 MiB
            0.01.000.007 I sched_reserve:      CUDA0 compute buffer size =   300.00 MiB
            0.01.000.008 I sched_reserve:  CUDA_Host compute buffer size =    20.00 MiB
            0.01.000.009 I sched_reserve:      CUDA0 compute buffer size =   310.00 MiB
            0.01.000.010 I alloc_compute_meta:      CUDA0 compute buffer size =    50.00 MiB
            """);
        Assert.Equal(new ChildMemory(122 * MiB, 5872 * MiB), reader.Memory!.Value with { Devices = null });
        Assert.Equal([("CUDA0", 4872 * MiB), ("CUDA1", 1000 * MiB)], reader.Memory!.Value.Devices!.Select(static device => (device.Key, device.Value)).Order());
        Assert.Equal(5994 * MiB, reader.Memory!.Value.TotalBytes);
        Assert.Equal((33, 33), reader.Layers);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" buffer size =")]
    [InlineData(" buffer size = 5.00 MiB")]
    [InlineData("model buffer size = 5.00 MiB")]
    [InlineData("0.01 I load_tensors: CPU model buffer size = x MiB")]
    [InlineData("0.01 I load_tensors: CPU model buffer size = 5.00 GiB")]
    [InlineData("0.01 I load_tensors: CPU model buffer size = -5.00 MiB")]
    [InlineData("0.01 I load_tensors: CPU model buffer size = 99999999999999999999 MiB")]
    [InlineData("0.01 I load_tensors: offloaded x/y layers to GPU")]
    [InlineData("0.01 I load_tensors: offloaded  layers to GPU")]
    [InlineData("0.01 I load_tensors: offloaded layers to GPU")]
    public void What_is_no_figure(string line)
    {
        var reader = Read(line);
        Assert.Null(reader.Memory);
        Assert.Null(reader.Layers);
    }

    private static MemoryReader Read(string lines)
    {
        var reader = new MemoryReader();
        foreach (var line in lines.Split('\n'))
        {
            reader.Read(line);
        }

        return reader;
    }
}
