using GGLib.Engine.Hardware;

namespace GGLib.Engine.Scheduling;

/// <summary>Which idle models go when another one needs the room. Pure.</summary>
internal static class Eviction
{
    /// <summary>Idle models whose end makes room, those of least worth first and none that need not go; empty when all of them would not do.</summary>
    public static List<RunnerEntry> Victims(SchedulerState state, HashSet<string> wanted, Room room, MemoryAmount need, TimeSpan now)
    {
        var victims = new List<RunnerEntry>();
        foreach (var entry in Evictable(state, wanted, now))
        {
            if (room.Holds(need))
            {
                break;
            }

            victims.Add(entry);
            room = room.Plus(entry.Memory);
        }

        if (!room.Holds(need))
        {
            return [];
        }

        // The last one made it fit, perhaps without the small ones before it.
        for (var index = victims.Count - 2; index >= 0; index--)
        {
            var without = room.Less(victims[index].Memory);
            if (without.Holds(need))
            {
                room = without;
                victims.RemoveAt(index);
            }
        }

        return victims;
    }

    /// <summary>All that may go, those of least worth first.</summary>
    public static IEnumerable<RunnerEntry> Evictable(SchedulerState state, HashSet<string> wanted, TimeSpan now) =>
        state.Runners.Values
            .Where(entry => entry is { IsIdle: true, IsPinned: false } && !wanted.Contains(entry.Model.Key))
            .OrderBy(entry => entry.Worth(now)).ThenBy(static entry => entry.Instance);
}
