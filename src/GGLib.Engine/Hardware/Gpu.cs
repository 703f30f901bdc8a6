namespace GGLib.Engine.Hardware;

/// <summary>A GPU of this machine.</summary>
/// <param name="Vendor">Who made it.</param>
/// <param name="Description">One line for people, for example <c>NVIDIA, driver 570.124.06</c>.</param>
public sealed record Gpu(GpuVendor Vendor, string Description);
