using System.Globalization;
using System.Runtime.InteropServices;
using GGLib.Bench;
using GGLib.Bench.Load;
using GGLib.Bench.Measuring;
using GGLib.Bench.Processes;

if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not Architecture.X64)
{
    Console.Error.WriteLine("The benchmark reads /proc and speaks to epoll as x86-64 Linux has them: it runs nowhere else.");
    return 2;
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
catch (Exception exception) when (exception is BadAnswerException or InvalidOperationException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
finally
{
    Directory.Delete(folder, recursive: true);
}
