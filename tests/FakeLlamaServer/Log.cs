using System.Diagnostics;
using System.Globalization;

namespace FakeLlama;

/// <summary>stderr as llama-server writes it: time since start, level, text.</summary>
internal static class Log
{
    private static readonly long Start = Stopwatch.GetTimestamp();

    public static void Write(char level, string text)
    {
        var elapsed = Stopwatch.GetElapsedTime(Start);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(int)elapsed.TotalMinutes}.{elapsed.Seconds:00}.{elapsed.Milliseconds:000}.{elapsed.Microseconds:000} {level} {text}"));
    }

    public static void Raw(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            Console.Error.WriteLine(line);
        }
    }
}
