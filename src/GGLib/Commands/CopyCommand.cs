using System.CommandLine;
using GGLib.Catalog;
using GGLib.Client.Wire;
using GGLib.Configuration;
using GGLib.Library;
using GGLib.Rendering;

namespace GGLib.Commands;

/// <summary><c>gglib cp SOURCE DESTINATION</c>: gives a model a second name.</summary>
internal sealed class CopyCommand : Verb
{
    private readonly Argument<string> _source = new("source") { HelpName = "source", Description = "The model's name, as gglib list prints it; :latest may be left out" };
    private readonly Argument<string> _destination = new("destination") { Description = "Its second name; a model that has it is replaced" };

    public CopyCommand(Surroundings around)
        : base(around, "cp", "Give a model a second name. No file is copied.")
    {
        Aliases.Add("copy");
        _source.CompletionSources.Add(context => ModelNames.For(_source, context, Around));
        Add(_source);
        Add(_destination);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib cp my-model my-model:backup", "keep it under another name before it is made anew"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        var (source, destination) = (line.GetRequiredValue(_source), line.GetRequiredValue(_destination));
        if (!ModelLibrary.TryName(destination, out var name))
        {
            return Around.Screen.Fail(InvalidName(destination));
        }

        using var server = await LibraryServer.FindAsync(Around, cancellation).ConfigureAwait(false);
        if (server is not null)
        {
            if (await server.CopyAsync(new CopyQuestion(source, destination), cancellation).ConfigureAwait(false) is { } failure)
            {
                return Around.Screen.Fail(failure);
            }
        }
        else
        {
            using var catalog = ModelCatalog.Open(Around.DataFolder, Around.Time);
            if (ModelLibrary.Of(catalog, Around.Time).Copy(source, name) is null)
            {
                return Around.Screen.Fail(UnknownModel.In(catalog, source));
            }
        }

        Around.Screen.Line($"Copied '{SafeText.OneLine(source)}' to '{name}'");
        return ExitCode.Ok;
    }

    /// <summary>What is wrong with a name that no model may have.</summary>
    internal static CommandFailure InvalidName(string name) =>
        new(ExitCode.Usage, $"'{SafeText.OneLine(name, 100)}' is not a valid model name: use letters, digits, '.', '_' and '-', with an optional ':tag'.");
}
