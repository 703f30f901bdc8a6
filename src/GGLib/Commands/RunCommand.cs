using System.CommandLine;
using GGLib.Chat;
using GGLib.Client.Wire;
using GGLib.Configuration;
using System.Text.Json;

namespace GGLib.Commands;

/// <summary><c>gglib run MODEL [PROMPT]</c>: one answer, or a conversation.</summary>
internal sealed class RunCommand : Verb
{
    private const string ThinkName = "--think";

    private delegate JsonElement? Reader(string text, out string? error);

    private readonly Argument<string> _model = new("model") { HelpName = "model", Description = "The model's name, as gglib list prints it; :latest may be left out" };
    private readonly Argument<string[]> _prompt = new("prompt") { Description = "The question; without one a conversation begins", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Print timings after the answer, on standard error" };
    private readonly Option<string?> _think = new(ThinkName) { Description = "Whether the model thinks first: true, false, low, medium or high", HelpName = "=level" };
    private readonly Option<bool> _hideThinking = new("--hidethinking") { Description = "Do not show the thinking" };
    private readonly Option<string?> _format = new("--format") { Description = "Answer in this format: json, or a JSON schema", HelpName = "json" };
    private readonly Option<string?> _keepAlive = new("--keepalive") { Description = "How long the model stays loaded, for example 5m; -1 for ever", HelpName = "duration" };
    private readonly Option<string?> _system = new("--system") { Description = "What the model is told before everything else", HelpName = "text" };

    public RunCommand(Surroundings around)
        : base(around, "run", "Ask a model, or talk with it. Uses the running server, else starts one for itself. A model that is not there is pulled first.")
    {
        _model.CompletionSources.Add(context => ModelNames.For(_model, context, Around));
        _think.CompletionSources.Add(GenerationValues.Levels);
        _format.CompletionSources.Add("json");
        Check(_think, GenerationValues.Think);
        Check(_format, GenerationValues.Format);
        Check(_keepAlive, GenerationValues.KeepAlive);
        Add(_model);
        Add(_prompt);
        Add(_verbose);
        Add(_think);
        Add(_hideThinking);
        Add(_format);
        Add(_keepAlive);
        Add(_system);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib run my-model", "a conversation; /help lists what it knows"),
        new("gglib run my-model \"Why is the sky blue?\"", "one answer"),
        new("gglib run my-model \"Sum this up\" < notes.txt", "about piped text, which goes before the prompt"),
        new("gglib run my-model --verbose --think=false Hello", "with timings, without thinking"),
    ];

    /// <summary><c>--think</c> alone means true; a prompt behind it is not its value, as with Ollama.</summary>
    public static IReadOnlyList<string> Expand(IReadOnlyList<string> arguments) =>
        arguments is not ["run", ..]
            ? arguments
            : [.. arguments.Select((word, index) => word is ThinkName && !(index + 1 < arguments.Count && GenerationValues.Levels.Contains(arguments[index + 1])) && !arguments.Take(index).Contains("--") ? ThinkName + "=true" : word)];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        var conversation = new Conversation("")
        {
            System = line.GetValue(_system),
            Think = Read(line.GetValue(_think), GenerationValues.Think),
            Format = Read(line.GetValue(_format), GenerationValues.Format),
            KeepAlive = Read(line.GetValue(_keepAlive), GenerationValues.KeepAlive),
            Verbose = line.GetValue(_verbose),
            HideThinking = line.GetValue(_hideThinking),
        };
        var words = line.GetValue(_prompt) ?? [];
        if (Around.IsInputPiped && await Around.Input.ReadToEndAsync(cancellation).ConfigureAwait(false) is { Length: > 0 } piped)
        {
            words = [piped, .. words];
        }

        var talks = words.Length == 0 && Around.CanAsk;
        if (words.Length == 0 && !talks && !Around.IsInputPiped)
        {
            return Around.Screen.Fail(new CommandFailure(ExitCode.Usage, "Nothing was asked: give a prompt, pipe one in, or run it on a terminal."));
        }

        if (!(await ChatServer.OpenAsync(Around, line.GetRequiredValue(_model), cancellation).ConfigureAwait(false)).Succeeded(out var server, out var failure))
        {
            return Around.Screen.Fail(failure);
        }

        await using (server.ConfigureAwait(false))
        {
            conversation.Switch(server.Model);
            return talks ? await TalkAsync(server, conversation, cancellation).ConfigureAwait(false)
                : await AnswerAsync(server, conversation, string.Join(' ', words), cancellation).ConfigureAwait(false);
        }
    }

    private async Task<int> TalkAsync(ChatServer server, Conversation conversation, CancellationToken cancellation)
    {
        using var keyboard = Around.OpenKeyboard();
        await new ChatSession(Around, server.Client, conversation, keyboard).RunAsync(cancellation).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private async Task<int> AnswerAsync(ChatServer server, Conversation conversation, string prompt, CancellationToken cancellation)
    {
        // As with Ollama, an empty question makes the model ready and asks nothing.
        var failure = string.IsNullOrWhiteSpace(prompt)
            ? (await server.Client.LoadAsync(new LoadQuestion(conversation.Model, conversation.KeepAlive), cancellation).ConfigureAwait(false)).Failure
            : await new Answering(Around.Screen, server.Client, conversation).AskAsync(prompt, cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return failure is null ? ExitCode.Ok : Around.Screen.Fail(failure);
    }

    private static JsonElement? Read(string? text, Reader read) => text is null ? null : read(text, out _);

    private static void Check(Option<string?> option, Reader read) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && read(token.Value, out var error) is null)
        {
            result.AddError(error!);
        }
    });

}
