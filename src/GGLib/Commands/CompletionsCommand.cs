using System.CommandLine;
using GGLib.Configuration;
using GGLib.Rendering;

namespace GGLib.Commands;

/// <summary><c>gglib completions SHELL</c>: the script that makes a shell complete our command lines. It asks the program itself at every Tab.</summary>
internal sealed class CompletionsCommand : Verb
{
    private readonly Argument<string> _shell = new("shell") { Description = "bash, zsh, fish or powershell" };

    public CompletionsCommand(Surroundings around)
        : base(around, "completions", "Print a script that makes Tab complete verbs, options and model names.")
    {
        _shell.CompletionSources.Add([.. CompletionScripts.Shells]);
        _shell.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && !CompletionScripts.Shells.Contains(token.Value))
            {
                result.AddError($"There is no script for '{SafeText.OneLine(token.Value, 60)}': give {string.Join(", ", CompletionScripts.Shells)}.");
            }
        });
        Add(_shell);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("source <(gglib completions bash)", "in ~/.bashrc"),
        new("source <(gglib completions zsh)", "in ~/.zshrc, after compinit"),
        new("gglib completions fish | source", "in ~/.config/fish/config.fish"),
        new("gglib completions powershell | Out-String | Invoke-Expression", "in $PROFILE"),
    ];

    protected override Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        Around.Screen.Write(CompletionScripts.For(line.GetRequiredValue(_shell)));
        return Task.FromResult(ExitCode.Ok);
    }
}
