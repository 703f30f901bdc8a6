namespace GGLib.Bench.Measuring;

/// <summary>Prints Markdown, and progress where it is not in the way.</summary>
internal static class Report
{
    public static void Progress(string text) => Console.Error.WriteLine(text);

    public static void Line(string text) => Console.WriteLine(text);

    public static void Table(string title, IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        Console.WriteLine($"\n### {title}\n");
        Console.WriteLine($"| {string.Join(" | ", head)} |");
        Console.WriteLine($"|{string.Concat(head.Select(static _ => " --- |"))}");
        foreach (var row in rows)
        {
            Console.WriteLine($"| {string.Join(" | ", row)} |");
        }
    }
}
