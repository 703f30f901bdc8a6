using System.CommandLine;
using GGLib.Configuration;
using GGLib.Rendering;
using GGLib.Transfers;

namespace GGLib.Commands;

/// <summary><c>gglib pull NAME…</c>: fetches models into the library.</summary>
internal sealed class PullCommand : Verb
{
    private readonly Argument<string[]> _names = new("name") { HelpName = "name", Description = "Names of Ollama's registry or another one, hf.co/owner/repo[:quantisation], or addresses of GGUF files", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> _insecure = CommonOptions.Insecure();

    public PullCommand(Surroundings around)
        : base(around, "pull", "Fetch models. What was stopped goes on where it was; what is here already is not fetched again.")
    {
        // What is here can be brought up to date.
        _names.CompletionSources.Add(_ => ModelNames.Known(Around));
        Add(_names);
        Add(_insecure);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib pull qwen3:0.6b", "from Ollama's registry"),
        new("gglib pull hf.co/owner/repo", "from Hugging Face, in the quantisation that is usual"),
        new("gglib pull hf.co/owner/repo:Q8_0", "in this quantisation"),
        new("gglib pull https://example.com/model.gguf", "one file"),
        new("gglib pull --insecure localhost:5000/me/model", "from a registry of your own, over plain HTTP"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        var code = ExitCode.Ok;
        foreach (var name in line.GetRequiredValue(_names))
        {
            try
            {
                if (await new TransferRun(Around).PullAsync(name, line.GetValue(_insecure), cancellation).ConfigureAwait(false) is { } failure)
                {
                    code = Around.Screen.Fail(failure);
                    continue;
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return Around.Screen.Fail(new CommandFailure(ExitCode.Failure, "Stopped. What was fetched is kept: pull again to go on from there."));
            }

            Around.Screen.Line($"Pulled '{SafeText.OneLine(name, 400)}'");
        }

        return code;
    }
}
