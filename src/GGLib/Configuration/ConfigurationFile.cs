using System.Text.Json;
using GGLib.Configuration.Files;
using GGLib.Engine.Launching;

namespace GGLib.Configuration;

/// <summary>A configuration file that has been read and found right. Immutable.</summary>
internal sealed record ConfigurationFile
{
    /// <summary>Its name in the data folder.</summary>
    public const string FileName = "gglib.json";

    /// <summary>The environment variable that names another one.</summary>
    public const string Variable = "GGLIB_CONFIG";

    /// <summary>The option that names another one.</summary>
    public const string Option = "--config";

    private const string SchemaKey = "$schema";
    private const string ModelsKey = "models";
    private const string OptionsKey = "options";

    public required string Path { get; init; }

    /// <summary>What it sets, of <see cref="ProgramSettings.All"/>.</summary>
    public IReadOnlyDictionary<Setting, Candidate> Values { get; init; } = new Dictionary<Setting, Candidate>();

    /// <summary>In the order in which they apply: patterns as they stand, then names.</summary>
    public IReadOnlyList<ModelSection> Sections { get; init; } = [];

    /// <summary>Checks the bytes of a file.</summary>
    /// <returns>The file, or what is wrong as <c>path:line:column: sentence</c>.</returns>
    public static Attempt<ConfigurationFile> Parse(string path, ReadOnlySpan<byte> bytes)
    {
        if (FileReader.Read(bytes, out var problem) is not { } root || Check(path, root, out problem) is not { } file)
        {
            return Failure(path, problem!);
        }

        return file;
    }

    /// <summary>How a problem of a file is told.</summary>
    public static CommandFailure Failure(string path, FileProblem problem) => new(ExitCode.Failure, $"{path}:{problem.Position}: {problem.Message}{(problem.Message.EndsWith('?') ? "" : ".")}");

    private static ConfigurationFile? Check(string path, FileValue root, out FileProblem? problem)
    {
        var fileName = System.IO.Path.GetFileName(path);
        var values = new Dictionary<Setting, Candidate>();
        var sections = new List<ModelSection>();
        foreach (var member in root.Members)
        {
            problem = null;
            switch (member.Name)
            {
                case SchemaKey:
                    problem = member.Value.Kind is JsonValueKind.String ? null : new(member.Value.Position, $"'{SchemaKey}' must be a text, not {member.Value.Shown}");
                    break;
                case ModelsKey:
                    problem = member.Value.Kind is JsonValueKind.Object ? null : new(member.Value.Position, $"'{ModelsKey}' must be an object of models, not {member.Value.Shown}");
                    foreach (var section in member.Value.Members)
                    {
                        problem ??= Section(section, fileName, sections);
                    }

                    break;
                default:
                    problem = Value(member, ProgramSettings.All, [ModelsKey, SchemaKey], "setting", fileName, values);
                    break;
            }

            if (problem is not null)
            {
                return null;
            }
        }

        problem = null;
        return new ConfigurationFile { Path = path, Values = values, Sections = [.. sections.OrderBy(static section => !section.IsPattern)] };
    }

    private static FileProblem? Section(FileMember member, string fileName, List<ModelSection> sections)
    {
        if (member.Name.Trim().Length == 0)
        {
            return new(member.Position, "a section needs a model's name, or a pattern such as \"qwen*\"");
        }

        if (member.Value.Kind is not JsonValueKind.Object)
        {
            return new(member.Value.Position, $"the section '{member.Name}' must be an object, not {member.Value.Shown}");
        }

        var values = new Dictionary<Setting, Candidate>();
        var options = new Dictionary<Setting, Candidate>();
        IReadOnlyList<FileValue> arguments = [];
        foreach (var field in member.Value.Members)
        {
            if (field.Name == OptionsKey)
            {
                if (field.Value.Kind is not JsonValueKind.Object)
                {
                    return new(field.Value.Position, $"'{OptionsKey}' must be an object, not {field.Value.Shown}");
                }

                foreach (var option in field.Value.Members)
                {
                    if (Value(option, ModelSettings.Options, [], "option", fileName, options) is { } wrong)
                    {
                        return wrong;
                    }
                }
            }
            else if (Value(field, ModelSettings.All, [OptionsKey], "setting of a model", fileName, values) is { } wrong)
            {
                return wrong;
            }
            else if (field.Name == ModelSettings.Arguments.Name)
            {
                arguments = field.Value.Items;
                foreach (var argument in arguments)
                {
                    if (ExtraArguments.Refusal(argument.Text) is { } refusal)
                    {
                        return new(argument.Position, refusal);
                    }
                }
            }
        }

        sections.Add(new(member.Name.Trim(), member.Position, values, options, arguments));
        return null;
    }

    private static FileProblem? Value(FileMember member, IReadOnlyList<Setting> settings, string[] alsoKnown, string what, string fileName, Dictionary<Setting, Candidate> values)
    {
        if (settings.FirstOrDefault(setting => setting.Name == member.Name) is not { } setting)
        {
            return new(member.Position, $"'{member.Name}' is no {what}{Hint(member.Name, [.. settings.Select(static known => known.Name), .. alsoKnown])}");
        }

        if (setting.Read(member.Value, fileName, out var problem) is { } candidate)
        {
            values[setting] = candidate;
        }

        return problem;
    }

    private static string Hint(string name, string[] known)
    {
        if (ModelSettings.OtherNames.TryGetValue(name, out var meant) && !known.Contains(name))
        {
            return known.Contains(meant) ? $"; it is called '{meant}' here" : $"; say '{meant}' in the model's section";
        }

        // It decides what the model can do, which is asked of the library and not of a file.
        if (name is "mmproj" or "projector")
        {
            return "; 'gglib add MODEL --projector FILE' gives a model its projector";
        }

        if (NearestName.Of(name, known) is { } near)
        {
            return $"; did you mean '{near}'?";
        }

        // What belongs to a model is often written beside the settings of all, and the other way round.
        return ModelSettings.Options.Any(option => option.Name == name) ? $"; it belongs into a model's '{OptionsKey}'"
            : ModelSettings.All.Any(setting => setting.Name == name) ? $"; it belongs into a section of '{ModelsKey}'"
            : ProgramSettings.All.Any(setting => setting.Name == name) ? "; it belongs to the top of the file"
            : $"; known: {string.Join(", ", known)}";
    }
}
