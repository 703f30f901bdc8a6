using System.CommandLine;
using GGLib.Catalog;
using GGLib.Configuration;
using GGLib.Rendering;

namespace GGLib.Commands;

/// <summary><c>gglib add PATH</c>: puts files into the library, where they stay.</summary>
internal sealed class AddCommand : Verb
{
    private const int LongestLine = 4096;

    private readonly Argument<string> _path = new("path") { Description = "A GGUF file, or a folder: every *.gguf in it and below" };
    private readonly Option<string?> _name = new("--name") { Description = "The name to serve it under [default: the file's]", HelpName = "name" };
    private readonly Option<bool> _replace = new("--replace") { Description = "Give the file a name that another one has" };

    private readonly Option<string?> _projector = new("--projector") { Description = "Its projector (mmproj); none, or auto: the one beside it when there is no doubt [default: auto]", HelpName = "file" };

    public AddCommand(Surroundings around)
        : base(around, "add", "Add a GGUF file, or all of a folder, to the library. Files stay where they are.")
    {
        Add(_path);
        Add(_name);
        Add(_replace);
        Add(_projector);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib add ./my-model.Q4_K_M.gguf", "one file"),
        new("gglib add ./my-model.gguf --name my:8b", "under a name of your own"),
        new("gglib add ./my-model.gguf --projector ./mmproj.gguf", "with eyes or ears"),
        new("gglib add ~/models", "every GGUF file of a folder"),
    ];

    protected override Task<int> RunAsync(ParseResult line, CancellationToken cancellation) =>
        Task.FromResult(Run(line.GetRequiredValue(_path), line.GetValue(_name), line.GetValue(_replace), line.GetValue(_projector), cancellation));

    private int Run(string path, string? name, bool replace, string? projector, CancellationToken cancellation)
    {
        if (path.Trim().Length == 0)
        {
            return Around.Screen.Fail(new CommandFailure(ExitCode.Usage, "The path is empty."));
        }

        if (!Directory.Exists(path))
        {
            using var library = ModelCatalog.Open(Around.DataFolder, Around.Time);
            return One(library, path, name, replace, Choice(projector));
        }

        var folder = ModelFolder.Scan(path, cancellation);
        foreach (var note in folder.Notes)
        {
            Around.Screen.Note(SafeText.OneLine(note, LongestLine));
        }

        if (folder.Files.Count == 0)
        {
            return Around.Screen.Fail(new CommandFailure(ExitCode.NoModel, $"There is no .gguf file in '{Path.GetFullPath(path)}'."));
        }

        if ((name ?? projector) is not null && folder.Files.Count > 1)
        {
            return Around.Screen.Fail(new CommandFailure(ExitCode.Usage, $"{(name is null ? "--projector" : "--name")} is for one file, and '{path}' has {folder.Files.Count}."));
        }

        using var catalog = ModelCatalog.Open(Around.DataFolder, Around.Time);
        return (name ?? projector) is null
            ? All(catalog, folder, replace, path, cancellation)
            : One(catalog, folder.Files[0], name, replace, Choice(projector));
    }

    private int One(ModelCatalog catalog, string path, string? name, bool replace, ProjectorChoice? projector)
    {
        // A name of the library is as good as its file, where there is no such file.
        if (projector is not null && !File.Exists(path) && catalog.Find(path) is { } known)
        {
            (path, name) = (known.Path, name ?? known.Name.Display);
        }

        var result = catalog.Add(path, name, replace, projector);
        return result.Succeeded ? Added(result) : Around.Screen.Fail(new CommandFailure(CodeOf(result.Outcome), SafeText.OneLine(result.Message, LongestLine)));
    }

    private int All(ModelCatalog catalog, ModelFolder folder, bool replace, string path, CancellationToken cancellation)
    {
        var code = ExitCode.Ok;
        var attached = new HashSet<string?>(StringComparer.Ordinal);
        var skipped = new List<AddResult>();
        var added = 0;
        foreach (var result in catalog.AddFolder(folder, replace))
        {
            cancellation.ThrowIfCancellationRequested();
            if (result.Succeeded)
            {
                added++;
                attached.Add(result.Model.ProjectorPath);
                Added(result);
            }
            else if (result.Outcome is AddOutcome.NotAModel)
            {
                // Projectors and adapters lie beside their models; they are no mistake of the user's.
                skipped.Add(result);
            }
            else
            {
                code = Around.Screen.Fail(new CommandFailure(CodeOf(result.Outcome), SafeText.OneLine(result.Message, LongestLine)));
            }
        }

        foreach (var result in skipped.Where(result => !attached.Contains(result.Path)))
        {
            Around.Screen.Note("Skipped: " + SafeText.OneLine(result.Message, LongestLine));
        }

        return added == 0 && code == ExitCode.Ok
            ? Around.Screen.Fail(new CommandFailure(ExitCode.NoModel, $"No file in '{Path.GetFullPath(path)}' is a model by itself."))
            : code;
    }

    private int Added(AddResult result)
    {
        var model = result.Model!;
        var verb = result.Outcome is AddOutcome.Added ? "Added" : "Updated";
        var projector = model.ProjectorPath is { } file ? $"  with {Path.GetFileName(file)}" : "";
        Around.Screen.Line($"{verb} '{model.Name}'  {model.Facts}  {SafeText.OneLine(model.Path + projector, LongestLine)}");
        return ExitCode.Ok;
    }

    private static ProjectorChoice? Choice(string? projector) => projector switch
    {
        null => null,
        "auto" => ProjectorChoice.Automatic,
        "none" => ProjectorChoice.None,
        _ => ProjectorChoice.File(projector),
    };

    private static int CodeOf(AddOutcome outcome) => outcome switch
    {
        AddOutcome.InvalidName => ExitCode.Usage,
        AddOutcome.NameTaken => ExitCode.Failure,
        _ => ExitCode.NoModel,
    };
}
