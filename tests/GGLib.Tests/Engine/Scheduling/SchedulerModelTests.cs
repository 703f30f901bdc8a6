using GGLib.Engine.Hardware;
using GGLib.Engine.Launching;

namespace GGLib.Tests.Engine.Scheduling;

/// <summary>Random schedules in a simulated world. A failure names its seed: <see cref="Schedules_of_one_seed"/> runs it alone.</summary>
public sealed class SchedulerModelTests
{
    private const int SchedulesPerBlock = 6_500;
    private const long Gibibyte = 1L << 30;

    private static readonly KeepAlive[] KeepAlives = [KeepAlive.None, KeepAlive.For(TimeSpan.FromSeconds(3)), KeepAlive.Default, KeepAlive.Forever];
    private static readonly int?[] Contexts = [null, null, null, 512, 1024, 4096];

    // The engine never starts with it.
    private const int BadBatch = 1;

    // Mostly none, as in life; the rest agree or not.
    private static readonly LoadOptions[] Options =
    [
        .. Enumerable.Repeat(LoadOptions.None, 7), new() { Threads = 1 }, new() { Threads = 2 }, new() { GpuLayers = 0 }, new() { Batch = BadBatch },
    ];

    public static TheoryData<int> Blocks => [.. Enumerable.Range(0, 16)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Whatever_happens_the_rules_hold_and_everybody_ends(int block)
    {
        for (var schedule = 0; schedule < SchedulesPerBlock; schedule++)
        {
            RunSeed((block * SchedulesPerBlock) + schedule);
        }
    }

    [Theory]
    [InlineData(1)]
    public void Schedules_of_one_seed(int seed) => RunSeed(seed);

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(2, 4)]
    [InlineData(3, 5)]
    public void Under_endless_requests_for_every_model_nobody_waits_for_ever(int places, int models)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var longest = LongestWait(places, models, seed);

            // A turn is: patience, the longest answer, an end, a load. Every model has one before the first comes round again.
            Assert.True(longest < TimeSpan.FromSeconds(12 * (models + 1)), $"seed {seed}: somebody waited {longest}");
        }
    }

    private static void RunSeed(int seed)
    {
        try
        {
            Run(new Random(seed));
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"seed {seed}: {exception.Message}", exception);
        }
    }

    private static void Run(Random random)
    {
        var settings = new EngineSettings
        {
            MaxLoadedModels = random.Next(0, 4),
            MaxQueue = random.Next(4) == 0 ? random.Next(1, 4) : 512,
            KeepAlive = KeepAlives[random.Next(KeepAlives.Length)],
        };
        var schedule = new Schedule(settings) { Slots = random.Next(0, 3) };
        var models = Enumerable.Range(0, random.Next(1, 5)).Select(index => $"m{index}").ToArray();
        foreach (var model in models)
        {
            schedule.SizeOf[model] = random.Next(8) * Gibibyte;
            if (random.Next(8) == 0)
            {
                schedule.SettingsOf[model] = settings with { Pinned = true };
            }
        }

        schedule.SetCapacity(Capacity(random));
        var mayShutDown = random.Next(4) == 0;
        for (var step = random.Next(5, 26); step > 0; step--)
        {
            Act(schedule, random, models, mayShutDown);
        }

        // From here on the world plays fair.
        for (var step = 0; schedule.Waiting.Count > 0 || (schedule.IsShuttingDown && schedule.Processes.Count > 0); step++)
        {
            Assert.True(step < 400, "no end: " + string.Join('\n', schedule.History.TakeLast(30)));
            if (!Work(schedule, random))
            {
                var next = schedule.NextTick;
                Assert.True(next is not null, "a deadlock: " + string.Join('\n', schedule.History.TakeLast(30)));
                schedule.Advance(next.Value - schedule.Now);
                schedule.Tick();
            }
        }
    }

    private static void Act(Schedule schedule, Random random, string[] models, bool mayShutDown)
    {
        if (random.Next(3) == 0)
        {
            schedule.Advance(TimeSpan.FromMilliseconds(random.Next(random.Next(8) == 0 ? 80_000 : 4_000)));
        }

        switch (random.Next(19))
        {
            case < 6:
                schedule.Arrive(models[random.Next(models.Length)], Contexts[random.Next(Contexts.Length)], random.Next(3) == 0 ? KeepAlives[random.Next(KeepAlives.Length)] : null, Options[random.Next(Options.Length)]);
                break;
            case 6 when schedule.Waiting.Count > 0:
                schedule.Leave(schedule.Waiting[random.Next(schedule.Waiting.Count)]);
                break;
            case 7:
                schedule.Tick();
                break;
            case 8:
                schedule.Unload(models[random.Next(models.Length)]);
                break;
            case 9 when schedule.Processes.Find(process => !process.IsLoading) is { } crashing:
                schedule.End(crashing, "killed");
                break;
            case 10 when schedule.Processes.Find(process => process.IsLoading) is { } failing:
                schedule.FailToLoad(failing);
                break;
            case 11 when mayShutDown && random.Next(4) == 0:
                schedule.ShutDown();
                break;
            case 12 when schedule.Processes.Find(process => !process.IsLoading && !process.IsStopping) is { } stuck && random.Next(2) == 0:
                schedule.Stall(stuck);
                break;
            case 13 when schedule.Processes.Find(process => !process.IsLoading && !process.IsStopping) is { } grown && random.Next(2) == 0:
                schedule.WearOut(grown);
                break;
            case 14 when random.Next(4) == 0:
                // Other programs take and give; GPUs are not pulled out.
                schedule.SetCapacity(Capacity(random) with { Devices = schedule.State.Capacity.Devices });
                break;
            default:
                Work(schedule, random);
                break;
        }
    }

    /// <summary>With a GPU or two and without, for two to four models of the middle size; sometimes for less than one.</summary>
    private static MemoryCapacity Capacity(Random random) => new()
    {
        HostBytes = random.Next(4, 20) * Gibibyte,
        Devices = [.. Enumerable.Range(0, Math.Max(0, random.Next(5) - 2)).Select(index => new GpuMemory($"CUDA{index}", "", 8 * Gibibyte, random.Next(1, 8) * Gibibyte))],
        MostBytes = random.Next(3) == 0 ? random.Next(4, 20) * Gibibyte : long.MaxValue,
    };

    /// <summary>One thing that a fair world does by itself. False when there is nothing to do.</summary>
    private static bool Work(Schedule schedule, Random random)
    {
        var work = new List<Action>();
        foreach (var process in schedule.Processes)
        {
            if (process.IsLoading && (process.Options.Batch == BadBatch || (process.IsStopping && random.Next(2) == 0)))
            {
                work.Add(() => schedule.FailToLoad(process));
            }
            else if (process.IsLoading)
            {
                work.Add(() => schedule.Load(process, random.Next(4) == 0 ? 1024 : Math.Max(2048, process.AskedContext ?? 0), random.Next(4) == 0 ? random.Next(9) * Gibibyte : null));
            }
            else if (process.IsStopping)
            {
                work.Add(() => schedule.End(process));
            }
        }

        foreach (var lease in schedule.Leases)
        {
            work.Add(() => schedule.Release(lease));
        }

        if (work.Count == 0)
        {
            return false;
        }

        work[random.Next(work.Count)]();
        return true;
    }

    /// <summary>Clients that ask again as soon as they are answered, two for each model and more for the first: how long did one wait at most?</summary>
    private static TimeSpan LongestWait(int places, int models, int seed)
    {
        var random = new Random(seed);
        var schedule = new Schedule(new EngineSettings { MaxLoadedModels = places });
        var work = new PriorityQueue<Action, TimeSpan>();
        var known = new HashSet<object>();
        var longest = TimeSpan.Zero;
        for (var client = 0; client < (models * 2) + 4; client++)
        {
            Ask($"m{(client < models * 2 ? client % models : 0)}");
        }

        while (schedule.Now < TimeSpan.FromMinutes(5))
        {
            // What has begun since the last look gets its end.
            foreach (var process in schedule.Processes.ToList())
            {
                if (process.IsStopping && known.Add((process, "end")))
                {
                    After(0.1, () => schedule.End(process));
                }
                else if (process.IsLoading && known.Add((process, "load")))
                {
                    After(1 + random.NextDouble(), () => schedule.Load(process));
                }
            }

            foreach (var lease in schedule.Leases.Where(lease => known.Add(lease)).ToList())
            {
                longest = Max(longest, schedule.Now - lease.Waiter.Since);
                After(0.2 + (2 * random.NextDouble()), () =>
                {
                    // It asks again before the answer's end is known: there is always somebody.
                    Ask(lease.Waiter.Model.Key);
                    schedule.Release(lease);
                });
            }

            var tick = schedule.NextTick;
            if (!work.TryPeek(out _, out var at) || tick < at)
            {
                schedule.Advance(tick!.Value - schedule.Now);
                schedule.Tick();
                continue;
            }

            schedule.Advance(at - schedule.Now);
            work.Dequeue()();
        }

        return schedule.Waiting.Aggregate(longest, (most, waiter) => Max(most, schedule.Now - waiter.Since));

        void Ask(string model) => schedule.Arrive(model);

        void After(double seconds, Action action) => work.Enqueue(action, schedule.Now + TimeSpan.FromSeconds(seconds));

        static TimeSpan Max(TimeSpan first, TimeSpan second) => first > second ? first : second;
    }
}
