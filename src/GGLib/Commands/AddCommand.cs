using System.CommandLine;
using System.Text.RegularExpressions;
using GGLib.Catalog;
using GGLib.Configuration;

namespace GGLib.Commands;

/// <summary><c>gglib add PATH</c>: puts files into the library, where they stay.</summary>
internal sealed partial class AddCommand : Verb
{
    private readonly Argument<string> _path = new("path") { Description = "A GGUF file, or a folder: every *.gguf in it and below" };
    private readonly Option<string?> _name = new("--name") { Description = "The name to serve it under [default: the file's]", HelpName = "name" };
    private readonly Option<bool> _replace = new("--replace") { Description = "Give the file a name that another one has" };

    public AddCommand(Surroundings around)
        : base(around, "add", "Add a GGUF file, or all of a folder, to the library. Files stay where they are.")
    {
        Add(_path);
        Add(_name);
        Add(_replace);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib add ./my-model.Q4_K_M.gguf", "one file"),
        new("gglib add ./my-model.gguf --name my:8b", "under a name of your own"),
        new("gglib add ~/models", "every GGUF file of a folder"),
    ];

    protected override Task<int> RunAsync(ParseResult line, CancellationToken cancellation) =>
        Task.FromResult(Run(line.GetRequiredValue(_path), line.GetValue(_name), line.GetValue(_replace), cancellation));

    private int Run(string path, string? name, bool replace, CancellationToken cancellation)
    {
        if (path.Trim().Length == 0)
        {
            return Around.Screen.Fail(new CommandFailure(ExitCode.Usage, "The path is empty."));
        }

        var isFolder = Directory.Exists(path);
        List<string> files = isFolder ? FilesIn(path) : [path];
        if (files.Count == 0)
        {
            return Around.Screen.Fail(new CommandFailure(ExitCode.NoModel, $"There is no .gguf file in '{Path.GetFullPath(path)}'."));
        }

        if (name is not null && files.Count > 1)
        {
            return Around.Screen.Fail(new CommandFailure(ExitCode.Usage, $"--name is for one file, and '{path}' has {files.Count}."));
        }

        using var catalog = ModelCatalog.Open(Around.DataFolder, Around.Time);
        var code = ExitCode.Ok;
        var added = 0;
        foreach (var file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            var result = catalog.Add(file, name, replace);
            if (result.Succeeded)
            {
                added++;
                Around.Screen.Line($"{(result.Outcome is AddOutcome.Added ? "Added" : "Updated")} '{result.Model.Name}'  {result.Model.Facts}  {result.Model.Path}");
            }
            else if (isFolder && result.Outcome is AddOutcome.NotAModel)
            {
                // Projectors and adapters lie beside their models; they are no mistake of the user's.
                Around.Screen.Note("Skipped: " + result.Message);
            }
            else
            {
                code = Around.Screen.Fail(new CommandFailure(CodeOf(result.Outcome), result.Message));
            }
        }

        return added == 0 && code == ExitCode.Ok
            ? Around.Screen.Fail(new CommandFailure(ExitCode.NoModel, $"No file in '{Path.GetFullPath(path)}' is a model by itself."))
            : code;
    }

    private static int CodeOf(AddOutcome outcome) => outcome switch
    {
        AddOutcome.InvalidName => ExitCode.Usage,
        AddOutcome.NameTaken => ExitCode.Failure,
        _ => ExitCode.NoModel,
    };

    /// <summary>Of a split model the first part alone: it stands for all.</summary>
    private static List<string> FilesIn(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.gguf", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MatchCasing = MatchCasing.CaseInsensitive })
            .Where(static file => !LaterPart().IsMatch(file))
            .Order(StringComparer.Ordinal),
    ];

    [GeneratedRegex(@"-(?!00001-)[0-9]{5}-of-[0-9]{5}\.gguf$", RegexOptions.IgnoreCase)]
    private static partial Regex LaterPart();
}
