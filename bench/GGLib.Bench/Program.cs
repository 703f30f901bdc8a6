using System.Globalization;
using System.Runtime.InteropServices;
using GGLib.Bench;
using GGLib.Bench.Load;
using GGLib.Bench.Measuring;
using GGLib.Bench.Processes;
using GGLib.Bench.Storm;

if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not Architecture.X64)
{
    Console.Error.WriteLine("The benchmark reads /proc and speaks to epoll as x86-64 Linux has them: it runs nowhere else.");
    return 2;
}

if (args is ["storm", .. var rest])
{
    if (StormOptions.Read(rest, out var wrong) is not { } storm)
    {
        Console.Error.WriteLine(wrong);
        return 2;
    }

    var place = Directory.CreateTempSubdirectory("gglib-storm-").FullName;
    try
    {
        await new StormRun(storm, place).RunAsync().ConfigureAwait(false);
        return 0;
    }
    finally
    {
        Directory.Delete(place, recursive: true);
    }
}

if (BenchOptions.Read(args, out var error) is not { } options)
{
    Console.Error.WriteLine(error);
    return 2;
}

var folder = Directory.CreateTempSubdirectory("gglib-bench-").FullName;
try
{
    var cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[^1];
    Report.Line(string.Create(CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores ({cpu}), load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} at the beginning; medians of {options.Rounds} interleaved rounds of {options.Seconds} s, least–greatest in brackets. Engine: FakeLlamaServer."));
    foreach (var peer in Peers.LeftOut())
    {
        Report.Line($"\n{peer}");
    }

    new Scenarios(options, folder).Run();
    return 0;
}
#pragma warning disable CA1031 // Whatever went wrong: an exception that nobody catches ends a native program at once, and its servers would live on.
catch (Exception exception)
#pragma warning restore CA1031
{
    Console.Error.WriteLine(exception is BadAnswerException or InvalidOperationException ? exception.Message : exception.ToString());
    return 1;
}
finally
{
    Directory.Delete(folder, recursive: true);
}
