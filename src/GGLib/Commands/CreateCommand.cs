using System.CommandLine;
using GGLib.Catalog;
using GGLib.Catalog.Creation;
using GGLib.Catalog.Modelfiles;
using GGLib.Client;
using GGLib.Client.Wire;
using GGLib.Configuration;
using GGLib.Engine.Quantizing;
using GGLib.Engines;
using GGLib.Library;
using GGLib.Rendering;
using GGLib.Transfers;

namespace GGLib.Commands;

/// <summary><c>gglib create NAME -f Modelfile</c>: makes a model. Files stay where they are; only quantized weights are new.</summary>
internal sealed class CreateCommand : Verb
{
    private const string DefaultFile = "Modelfile";

    private readonly Argument<string> _name = new("name") { Description = "The name to give; a model that has it is replaced" };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "The Modelfile; - reads it from standard input [default: Modelfile in this folder]", HelpName = "file" };
    private readonly Option<string?> _quantize = new("--quantize", "-q") { Description = "Convert F16, BF16 or F32 weights to this format, such as Q4_K_M", HelpName = "format" };

    public CreateCommand(Surroundings around)
        : base(around, "create", "Make a model from a Modelfile. Files stay where they are.")
    {
        _quantize.CompletionSources.Add(static _ => QuantizationFormat.All.Select(static format => new System.CommandLine.Completions.CompletionItem(format)));
        Add(_name);
        Add(_file);
        Add(_quantize);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib create mario", "from ./Modelfile"),
        new("gglib create mario -f mario.modelfile", "from another file"),
        new("gglib create small -f Modelfile -q Q4_K_M", "with smaller weights"),
        new("echo 'FROM demo-chat' | gglib create mine -f -", "from standard input"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        var asked = line.GetRequiredValue(_name);
        if (!ModelLibrary.TryName(asked, out var name))
        {
            return Around.Screen.Fail(CopyCommand.InvalidName(asked));
        }

        if (!Read(name, line.GetValue(_file)).Succeeded(out var recipe, out var failure))
        {
            return Around.Screen.Fail(failure);
        }

        recipe = recipe with { Quantize = line.GetValue(_quantize) };
        using var server = await LibraryServer.FindAsync(Around, cancellation).ConfigureAwait(false);

        // Files that lie here are named in the library directly: a server could only be sent them.
        return server is not null && recipe is { From: { } from, Files: null, Adapters: null, Draft: null }
            ? await ThroughAsync(server, recipe, from, cancellation).ConfigureAwait(false)
            : await DirectlyAsync(recipe, cancellation).ConfigureAwait(false);
    }

    private Attempt<ModelRecipe> Read(ModelName name, string? named)
    {
        string text;
        var shown = named is "-" ? "Standard input" : $"'{SafeText.OneLine(named ?? DefaultFile, 400)}'";
        var path = Path.GetFullPath(named is null or "-" or "" ? DefaultFile : named);
        try
        {
            text = named is "-" ? Around.Input.ReadToEnd() : File.ReadAllText(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return new CommandFailure(ExitCode.Usage, named is null ? "There is no file 'Modelfile' in this folder. Name one with: -f FILE" : $"There is no file {shown}.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new CommandFailure(ExitCode.Usage, $"{shown} cannot be read: {SafeText.OneLine(error.Message)}");
        }

        if (ModelfileParser.Parse(text, out var problem) is not { } file)
        {
            return new CommandFailure(ExitCode.Usage, $"{shown}{(problem!.Line is null ? ": " : ", ")}{SafeText.OneLine(problem.ToString(), 400)}.");
        }

        var folder = named is "-" ? Environment.CurrentDirectory : Path.GetDirectoryName(path)!;
        return ModelRecipe.Of(name, file, folder, out var wrong) is { } recipe
            ? recipe
            : new CommandFailure(ExitCode.Usage, $"{shown} cannot be followed: {SafeText.OneLine(wrong!, 1000).TrimEnd('.')}.");
    }

    private async Task<int> ThroughAsync(OllamaClient server, ModelRecipe recipe, string from, CancellationToken cancellation)
    {
        var question = new CreateQuestion
        {
            Model = recipe.Name.Display,
            From = from,
            Template = recipe.Template,
            System = recipe.System,
            Parameters = recipe.Parameters,
            License = recipe.Licenses.IsEmpty ? null : recipe.Licenses,
            Messages = recipe.Messages is { } messages ? [.. messages.Select(static message => new ChatMessage { Role = message.Role, Content = message.Content })] : null,
            Quantize = recipe.Quantize,
            Requires = recipe.Requires,
        };
        var display = new CreateDisplay(Around.Screen);
        await foreach (var piece in server.CreateAsync(question, cancellation).ConfigureAwait(false))
        {
            if (!piece.Succeeded(out var step, out var failure))
            {
                display.Close();
                return Around.Screen.Fail(failure with { Message = BaseText(failure.Message, from) });
            }

            if (step.Status is { } status and not "success")
            {
                await display.ReportAsync(new CreateProgress(status, step.Digest, step.Total, step.Completed)).ConfigureAwait(false);
            }
        }

        display.Close();
        return Created(recipe.Name);
    }

    private async Task<int> DirectlyAsync(ModelRecipe recipe, CancellationToken cancellation)
    {
        if (!Around.Transfers.Succeeded(out var options, out var failure))
        {
            return Around.Screen.Fail(failure);
        }

        QuantizeTool? tool = null;
        if (recipe.Quantize is not null)
        {
            if (!(await new EngineSource(Around).FindAsync(null, cancellation).ConfigureAwait(false)).Succeeded(out var engine, out var missing))
            {
                return Around.Screen.Fail(missing);
            }

            tool = QuantizeTool.Beside(engine);
        }

        using var catalog = ModelCatalog.Open(Around.DataFolder, Around.Time);
        var library = ModelLibrary.Of(catalog, Around.Time, tool is null ? null : tool.RunAsync);
        var transfers = new ModelTransfers(library, options, Around.Time);
        await using (transfers.ConfigureAwait(false))
        {
            var display = new CreateDisplay(Around.Screen);
            var result = await library.With(transfers).CreateAsync(recipe, display.ReportAsync, cancellation).ConfigureAwait(false);
            display.Close();
            return result.Succeeded ? Created(result.Model.Name) : Around.Screen.Fail(Told(result.Failure, recipe.From));
        }
    }

    private int Created(ModelName name)
    {
        Around.Screen.Line($"Created '{name}'");
        return ExitCode.Ok;
    }

    private static CommandFailure Told(CreateFailure failure, string? from)
    {
        var text = SafeText.OneLine(failure.Message, 2000);
        return new CommandFailure(
            failure.Fault switch
            {
                CreateFault.BadRecipe => ExitCode.Usage,
                CreateFault.Missing or CreateFault.Unusable => ExitCode.NoModel,
                _ => ExitCode.Failure,
            },
            BaseText($"{char.ToUpperInvariant(text[0])}{text[1..].TrimEnd('.')}.", from));
    }

    /// <summary>What the registry says of a base that is nowhere names neither it nor the reason why it was asked.</summary>
    private static string BaseText(string message, string? from) =>
        from is not null && message.StartsWith(TransferRun.PullRefused, StringComparison.OrdinalIgnoreCase)
            ? $"There is no model '{SafeText.OneLine(from, 400)}' to make one from, and it could not be pulled: {TransferRun.Plain(message).TrimEnd('.')}."
            : message;
}
