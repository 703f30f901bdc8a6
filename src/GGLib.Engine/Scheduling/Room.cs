using GGLib.Engine.Hardware;

namespace GGLib.Engine.Scheduling;

/// <summary>What is free for models: memory by place, memory in all, and places among the loaded models. Goes below zero where more is promised than there is.</summary>
internal readonly record struct Room(MemoryAmount Memory, long TotalBytes, int Places)
{
    /// <summary>The room when nothing is loaded.</summary>
    public static Room Of(MemoryCapacity capacity, int places) => new(capacity.Amount, capacity.MostBytes, places > 0 ? places : int.MaxValue / 2);

    public bool Holds(MemoryAmount need) => Places > 0 && need.Total <= TotalBytes && need.IsWithin(Memory);

    /// <summary>Whether no more is taken than there is.</summary>
    public bool IsEnough => Places >= 0 && TotalBytes >= 0 && Memory.IsNowhereNegative;

    /// <summary>Whether giving back this amount would help where there is less than nothing.</summary>
    public bool IsHelpedBy(MemoryAmount amount) => Places < 0 || TotalBytes < 0 || Memory.IsNegativeWhere(amount);

    public Room Less(MemoryAmount amount) => new(Memory - amount, TotalBytes - amount.Total, Places - 1);

    public Room Plus(MemoryAmount amount) => new(Memory + amount, TotalBytes + amount.Total, Places + 1);
}
