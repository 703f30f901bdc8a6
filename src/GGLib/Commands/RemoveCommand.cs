using System.CommandLine;
using GGLib.Catalog;
using GGLib.Configuration;
using GGLib.Rendering;

namespace GGLib.Commands;

/// <summary><c>gglib rm NAME</c>: takes models off the library. Files are never touched.</summary>
internal sealed class RemoveCommand : Verb
{
    private readonly Argument<string[]> _names = new("name") { Description = "Names, as gglib list prints them; :latest may be left out", Arity = ArgumentArity.OneOrMore };

    public RemoveCommand(Surroundings around)
        : base(around, "rm", "Take a model off the library. Its file stays where it is.")
    {
        Aliases.Add("remove");
        _names.CompletionSources.Add(_ => ModelNames.Known(Around));
        Add(_names);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib rm my-model", "forget a model"),
        new("gglib rm my-model other:8b", "forget several"),
    ];

    protected override Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        using var catalog = ModelCatalog.Open(Around.DataFolder, Around.Time);
        var code = ExitCode.Ok;
        foreach (var name in line.GetRequiredValue(_names))
        {
            if (catalog.Find(name) is { } model && catalog.Remove(name))
            {
                Around.Screen.Line(model.Store is { } store
                    ? $"Removed '{model.Name}'; it stays in {store}, and gglib import shows it again"
                    : $"Removed '{model.Name}'; its file stays at {model.Path}");
            }
            else
            {
                code = Around.Screen.Fail(new CommandFailure(ExitCode.NoModel, $"There is no model '{SafeText.OneLine(name)}' in the library. See: gglib list"));
            }
        }

        return Task.FromResult(code);
    }
}
