using GGLib.Catalog.Templates.Execution;
using GGLib.Catalog.Templates.Parsing;
using GGLib.Catalog.Templates.Values;

namespace GGLib.Catalog.Templates;

/// <summary>
/// A chat template in Ollama's form, Go's text/template, and what Ollama does around it: docs/guides/templates.md lists what is
/// supported. Neither parsing nor rendering throws for what a template or its data say, and both are bounded. Immutable and
/// safe to use from several threads.
/// </summary>
public sealed class GoTemplate
{
    private readonly string _source;
    private readonly TemplateTree _tree;
    private readonly TemplateLimits _limits;
    private readonly HashSet<string> _names;

    // The template for a round that is not finished: the model goes on where .Response stands.
    private readonly IReadOnlyList<Node> _openRound;

    private GoTemplate(string source, TemplateTree tree, TemplateLimits limits)
    {
        _source = source;
        _limits = limits;
        var names = MentionedNames.Of(tree);
        if (!names.Contains("Messages") && !names.Contains("Response"))
        {
            // The oldest templates end where the answer begins, without saying so.
            var response = new Pipeline(source.Length, [], false, [new(source.Length, [new FieldOperand(source.Length, ["Response"])])]);
            tree = tree with { Root = [.. tree.Root, new ActionNode(source.Length, response)] };
            names.Add("Response");
        }

        _tree = tree;
        _names = names;
        _openRound = ResponseCut.Of(tree.Root);
    }

    /// <summary>Reads a template.</summary>
    public static TemplateParseResult Parse(string text) => Parse(text, TemplateLimits.Default);

    internal static TemplateParseResult Parse(string text, TemplateLimits limits)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > limits.MaxSource)
        {
            return new(new TemplateProblem($"it is longer than {limits.MaxSource} characters", 1, 1));
        }

        try
        {
            return new(new GoTemplate(text, TemplateParser.Parse(text, limits), limits));
        }
        catch (TemplateException fault)
        {
            return new(TemplateProblem.At(text, fault.Position, fault.Message));
        }
    }

    /// <summary>
    /// Whether the template names a field, such as <c>Messages</c>, <c>Tools</c> (it can offer tools), <c>Suffix</c> (it can fill in),
    /// <c>Thinking</c> (it can carry thoughts). Case does not count. <c>Response</c> is named by every template without <c>Messages</c>.
    /// </summary>
    public bool Mentions(string name) => _names.Contains(name);

    /// <summary>What stands before the JSON of a tool call in the assistant's text, such as <c>&lt;tool_call&gt;</c>; empty where a call is the JSON alone.</summary>
    public string ToolCallMark => Parsing.ToolCallMark.Of(_tree);

    /// <summary>
    /// Makes the prompt. With <see cref="TemplateInput.Prompt"/> and <see cref="TemplateInput.Suffix"/> it is to be filled in; else a template
    /// that names <c>.Messages</c> gets the conversation, and any other one is written once for every round of it.
    /// </summary>
    public TemplateRenderResult Render(TemplateInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var budget = new Budget(_limits);
        var output = new TextBuilder(budget, _limits.MaxOutput);
        try
        {
            Write(input, new(_tree.Definitions, output, input.Clock, budget));
            return new(output.ToString());
        }
        catch (TemplateException fault)
        {
            return new(TemplateProblem.At(_source, fault.Position, fault.Message));
        }
    }

    private void Write(TemplateInput input, Evaluator evaluator)
    {
        if (input.Prompt.Length > 0 && input.Suffix.Length > 0)
        {
            evaluator.Run(_tree.Root, Data(input, ("Prompt", Text(input.Prompt)), ("Suffix", Text(input.Suffix)), ("Response", TextValue.Empty)));
            return;
        }

        var messages = Conversation.Collate(input.Messages);
        if (Mentions("Messages"))
        {
            evaluator.Run(_tree.Root, Data(
                input,
                ("System", Text(Conversation.System(input.Messages))),
                ("Messages", OllamaValues.Messages(messages)),
                ("Tools", OllamaValues.Tools(input.Tools)),
                ("Response", TextValue.Empty)));
            return;
        }

        var rounds = Conversation.Rounds(messages);
        for (var at = 0; at < rounds.Count; at++)
        {
            var (system, prompt, response) = rounds[at];
            evaluator.Run(
                at < rounds.Count - 1 ? _tree.Root : _openRound,
                Data(input, ("System", Text(system)), ("Prompt", Text(prompt)), ("Response", Text(response))));
        }
    }

    private static TextValue Text(string text) => TextValue.Of(text);

    private static MapValue Data(TemplateInput input, params ReadOnlySpan<(string Name, TemplateValue Value)> own)
    {
        var entries = new List<KeyValuePair<string, TemplateValue>>();
        foreach (var (name, value) in own)
        {
            entries.Add(new(name, value));
        }

        entries.Add(new("Think", BooleanValue.Of(input.Think)));
        entries.Add(new("ThinkLevel", Text(input.ThinkLevel)));
        entries.Add(new("IsThinkSet", BooleanValue.Of(input.IsThinkSet)));
        return new("map[string]interface {}", MapValue.Sorted(entries));
    }
}
