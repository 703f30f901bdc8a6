namespace GGLib.Engine.Hardware;

/// <summary>Who made a GPU, as far as it decides which engine can use it.</summary>
public enum GpuVendor
{
    /// <summary>A GPU of somebody else, or one of which only the driver was seen.</summary>
    Other,

    /// <summary>NVIDIA: CUDA or Vulkan.</summary>
    Nvidia,

    /// <summary>AMD: HIP or Vulkan.</summary>
    Amd,

    /// <summary>Intel: Vulkan or SYCL.</summary>
    Intel,

    /// <summary>Apple: Metal.</summary>
    Apple,
}
