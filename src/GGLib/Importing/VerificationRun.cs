using GGLib.Catalog;
using GGLib.Catalog.Verification;
using GGLib.Rendering;

namespace GGLib.Importing;

/// <summary>Checks the files of models, each once, with a bar, and says a sentence on each. Not thread-safe.</summary>
internal sealed class VerificationRun(Screen screen, FileVerification verification)
{
    private readonly Dictionary<string, FileCheck> _byPath = new(StringComparer.Ordinal);
    private readonly List<(string Model, FileCheck Check)> _checks = [];
    private int _unusable;

    /// <summary>What was found, in order.</summary>
    public IReadOnlyList<(string Model, FileCheck Check)> Checks => _checks;

    /// <summary>Whether no file is broken and every model can be read.</summary>
    public bool IsAllWell => _unusable == 0 && _checks.TrueForAll(static check => !check.Check.IsBroken);

    /// <summary>Checks all files of a model.</summary>
    public async Task<IReadOnlyList<FileCheck>> CheckAsync(CatalogModel model, CancellationToken cancellation)
    {
        screen.Line(screen.Paint.Bold(model.Name.Display));
        var checks = new List<FileCheck>();
        foreach (var file in model.Files)
        {
            // Two names of one file: reading it once is enough.
            if (!_byPath.TryGetValue(file.Path, out var check))
            {
                check = await ByteBar.ShowAsync(screen, Path.GetFileName(file.Path), file.SizeBytes, progress => verification.CheckAsync(file, progress, cancellation)).ConfigureAwait(false);
                _byPath[file.Path] = check;
                _checks.Add((model.Name.Display, check));
            }

            checks.Add(check);
            screen.Line("  " + (check.IsBroken ? screen.Paint.Yellow(FileCheckText.Of(check)) : FileCheckText.Of(check)));
        }

        // No digest may be known of a file that is plainly none.
        if (model.Problem is { } problem && !checks.Exists(static check => check.IsBroken))
        {
            _unusable++;
            screen.Line("  " + screen.Paint.Yellow(SafeText.OneLine(problem, 4096)));
        }

        return checks;
    }

    public string Summary()
    {
        var words = _checks.GroupBy(static check => check.Check.Verdict).OrderBy(static group => group.Key).Select(static group => $"{Quantity.Whole(group.Count())} {Word(group.Key)}");
        return $"{Quantity.Whole(_checks.Count)} {(_checks.Count == 1 ? "file" : "files")}: {string.Join(", ", words)}{(IsAllWell ? "" : ". See: gglib repair NAME")}";
    }

    private static string Word(FileVerdict verdict) => verdict switch
    {
        FileVerdict.Intact => "intact",
        FileVerdict.Recorded => "with nothing to compare",
        FileVerdict.Damaged => "damaged",
        FileVerdict.Missing => "missing",
        _ => "unreadable",
    };
}
