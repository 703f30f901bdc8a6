using System.CommandLine;
using GGLib.Configuration;
using GGLib.Rendering;
using GGLib.Transfers;

namespace GGLib.Commands;

/// <summary><c>gglib push NAME</c>: sends a model to the registry that its name says.</summary>
internal sealed class PushCommand : Verb
{
    private readonly Argument<string> _name = new("name") { HelpName = "name", Description = "A model of the library, whose name says where it goes: host/namespace/model:tag" };
    private readonly Option<bool> _insecure = CommonOptions.Insecure();

    public PushCommand(Surroundings around)
        : base(around, "push", "Send a model to a registry. What the registry has already is not sent.")
    {
        _name.CompletionSources.Add(context => ModelNames.For(_name, context, Around));
        Add(_name);
        Add(_insecure);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib cp mario localhost:5000/me/mario", "give it the name of where it goes"),
        new("gglib push --insecure localhost:5000/me/mario", "to a registry of your own, over plain HTTP"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        var name = line.GetRequiredValue(_name);
        try
        {
            if (await new TransferRun(Around).PushAsync(name, line.GetValue(_insecure), cancellation).ConfigureAwait(false) is { } failure)
            {
                return Around.Screen.Fail(failure);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Around.Screen.Fail(new CommandFailure(ExitCode.Failure, "Stopped. Files that were sent whole are not sent again: push again to go on."));
        }

        Around.Screen.Line($"Pushed '{SafeText.OneLine(name, 400)}'");
        return ExitCode.Ok;
    }
}
