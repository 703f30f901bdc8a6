using Spectre.Console;

namespace GGLib.Rendering;

/// <summary>Rows under headings: a table on a terminal, aligned columns elsewhere.</summary>
/// <param name="headings">In capitals, as they stand when there is no terminal.</param>
/// <param name="unbroken">The headings whose cells are never broken over lines on a terminal: names are pasted into commands.</param>
internal sealed class TextTable(IReadOnlyList<string> headings, params IReadOnlyList<string> unbroken)
{
    public void Print(Screen screen, IReadOnlyList<string[]> rows)
    {
        if (screen.IsTerminal)
        {
            PrintTable(screen, rows);
            return;
        }

        List<IReadOnlyList<string>> all = [headings, .. rows];
        var widths = Enumerable.Range(0, headings.Count).Select(column => all.Max(row => row[column].Length)).ToArray();
        foreach (var row in all)
        {
            screen.Line(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    private void PrintTable(Screen screen, IReadOnlyList<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        foreach (var heading in headings)
        {
            var column = new TableColumn(new Markup($"[bold]{heading.ToLowerInvariant()}[/]"));
            table.AddColumn(unbroken.Contains(heading) ? column.NoWrap() : column);
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(static cell => new Text(cell)));
        }

        screen.Terminal.Write(table);
    }
}
