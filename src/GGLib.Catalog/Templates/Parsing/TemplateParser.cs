using GGLib.Catalog.Templates.Execution;
using GGLib.Catalog.Templates.Values;

namespace GGLib.Catalog.Templates.Parsing;

/// <summary>
/// Tokens to a tree, by recursive descent. Throws <see cref="TemplateException"/> at the first fault. What Go decides while
/// parsing is decided here too (unknown functions and variables, <c>break</c> outside <c>range</c>), so that a bad template is
/// refused before a model is loaded for it.
/// </summary>
internal sealed class TemplateParser
{
    private readonly string _source;
    private readonly TemplateLimits _limits;
    private readonly TemplateLexer _lexer;
    private readonly Dictionary<string, IReadOnlyList<Node>> _definitions = new(StringComparer.Ordinal);
    private int _next;
    private int _nesting;

    // What is in scope where the parser is; a definition begins anew.
    private List<string> _variables = ["$"];
    private int _rangeDepth;

    private TemplateParser(string source, TemplateLimits limits)
    {
        _source = source;
        _limits = limits;
        _lexer = TemplateLexer.Read(source);
    }

    private enum Ending
    {
        End,
        Else,
    }

    public static TemplateTree Parse(string source, TemplateLimits limits) => new TemplateParser(source, limits).ParseRoot();

    private TemplateTree ParseRoot()
    {
        var root = new List<Node>();
        while (PeekWithoutSpace().Kind is not TokenKind.EndOfText)
        {
            if (PeekWithoutSpace().Kind is TokenKind.Open && PeekAfterOpen() is TokenKind.Define)
            {
                NextWithoutSpace();
                NextWithoutSpace();
                ParseDefinition();
            }
            else if (ParseNode(root) is { } ending)
            {
                throw Fault(ending.Token.Start, ending.Kind is Ending.End ? "'end' without anything to end" : "'else' without 'if', 'with' or 'range'");
            }
        }

        Define("", root, _source.Length);
        return new(root, _definitions);
    }

    private void ParseDefinition()
    {
        var (name, position) = ParseName("define");
        Expect(TokenKind.Close, "define");
        Define(name, ParseApart("define"), position);
    }

    // The body of a definition: variables and ranges around it do not reach into it.
    private List<Node> ParseApart(string context)
    {
        var (variables, ranges) = (_variables, _rangeDepth);
        (_variables, _rangeDepth) = (["$"], 0);
        var body = new List<Node>();
        var ending = ParseBody(body);
        (_variables, _rangeDepth) = (variables, ranges);
        return ending.Kind is Ending.End ? body : throw Fault(ending.Token.Start, $"'else' in '{context}'");
    }

    // Of two definitions the one that is not blank counts; two of substance contradict each other.
    private void Define(string name, List<Node> body, int position)
    {
        if (!_definitions.TryGetValue(name, out var existing) || IsBlank(existing))
        {
            _definitions[name] = body;
        }
        else if (!IsBlank(body))
        {
            throw Fault(position, $"template \"{name}\" is defined twice");
        }
    }

    private static bool IsBlank(IReadOnlyList<Node> nodes) =>
        nodes.All(node => node is TextNode text && text.Text.ToString().AsSpan().IsWhiteSpace());

    // Adds what comes to the end or else of the block.
    private (Ending Kind, Token Token) ParseBody(List<Node> body)
    {
        while (PeekWithoutSpace().Kind is not TokenKind.EndOfText)
        {
            if (ParseNode(body) is { } ending)
            {
                return ending;
            }
        }

        throw Fault(_source.Length, "the template ends inside a block: an 'end' is missing");
    }

    private (Ending Kind, Token Token)? ParseNode(List<Node> into)
    {
        var token = NextWithoutSpace();
        if (token.Kind is TokenKind.Text)
        {
            into.Add(new TextNode(token.Start, TextValue.Of(token.In(_source))));
            return null;
        }

        if (token.Kind is not TokenKind.Open)
        {
            throw Unexpected(token, "the template");
        }

        var first = NextWithoutSpace();
        switch (first.Kind)
        {
            case TokenKind.End:
                Expect(TokenKind.Close, "end");
                return (Ending.End, first);
            case TokenKind.Else:
                // "else if" and "else with" are finished by the block that they belong to.
                if (PeekWithoutSpace().Kind is not (TokenKind.If or TokenKind.With))
                {
                    Expect(TokenKind.Close, "else");
                }

                return (Ending.Else, first);
            case TokenKind.If:
                into.Add(ParseBranches(first, setsDot: false));
                return null;
            case TokenKind.With:
                into.Add(ParseBranches(first, setsDot: true));
                return null;
            case TokenKind.Range:
                into.Add(ParseRange(first));
                return null;
            case TokenKind.Template:
                into.Add(ParseInvocation(first));
                return null;
            case TokenKind.Block:
                into.Add(ParseBlock(first));
                return null;
            case TokenKind.Break or TokenKind.Continue:
                var word = first.In(_source).ToString();
                Expect(TokenKind.Close, word);
                if (_rangeDepth == 0)
                {
                    throw Fault(first.Start, $"'{word}' outside 'range'");
                }

                into.Add(first.Kind is TokenKind.Break ? new BreakNode(first.Start) : new ContinueNode(first.Start));
                return null;
            default:
                _next--;
                into.Add(new ActionNode(first.Start, ParsePipeline("an action", TokenKind.Close)));
                return null;
        }
    }

    private BranchNode ParseBranches(Token keyword, bool setsDot)
    {
        Enter(keyword.Start);
        var mark = _variables.Count;
        var context = setsDot ? "with" : "if";
        var branches = new List<Branch>();
        var otherwise = new List<Node>();
        while (true)
        {
            var condition = ParsePipeline(context, TokenKind.Close);
            var body = new List<Node>();
            var ending = ParseBody(body);
            branches.Add(new(condition, body));
            if (ending.Kind is Ending.End)
            {
                break;
            }

            if (PeekWithoutSpace().Kind == keyword.Kind)
            {
                NextWithoutSpace();
                continue;
            }

            ParseElse(otherwise);
            break;
        }

        _variables.RemoveRange(mark, _variables.Count - mark);
        _nesting--;
        return new(keyword.Start, setsDot, branches, otherwise);
    }

    private RangeNode ParseRange(Token keyword)
    {
        Enter(keyword.Start);
        var mark = _variables.Count;
        var pipeline = ParsePipeline("range", TokenKind.Close);
        var body = new List<Node>();
        var otherwise = new List<Node>();
        _rangeDepth++;
        var ending = ParseBody(body);
        _rangeDepth--;
        if (ending.Kind is Ending.Else)
        {
            ParseElse(otherwise);
        }

        _variables.RemoveRange(mark, _variables.Count - mark);
        _nesting--;
        return new(keyword.Start, pipeline, body, otherwise);
    }

    private void ParseElse(List<Node> body)
    {
        if (ParseBody(body) is { Kind: Ending.Else } second)
        {
            throw Fault(second.Token.Start, "a second 'else'");
        }
    }

    private InvokeNode ParseInvocation(Token keyword)
    {
        var (name, _) = ParseName("template");
        if (PeekWithoutSpace().Kind is TokenKind.Close)
        {
            NextWithoutSpace();
            return new(keyword.Start, name, null);
        }

        return new(keyword.Start, name, ParsePipeline("template", TokenKind.Close));
    }

    private InvokeNode ParseBlock(Token keyword)
    {
        Enter(keyword.Start);
        var (name, position) = ParseName("block");
        var pipeline = ParsePipeline("block", TokenKind.Close);
        Define(name, ParseApart("block"), position);
        _nesting--;
        return new(keyword.Start, name, pipeline);
    }

    private (string Name, int Position) ParseName(string context)
    {
        var token = NextWithoutSpace();
        return token.Kind is TokenKind.QuotedText or TokenKind.RawText
            ? (TextOf(token).ToString(), token.Start)
            : throw Unexpected(token, $"'{context}', which needs a name in quotes");
    }

    private Pipeline ParsePipeline(string context, TokenKind end)
    {
        var start = PeekWithoutSpace().Start;
        Enter(start);
        var variables = new List<string>();
        var assigns = ParseVariables(context, variables);
        var commands = new List<Command>();
        while (true)
        {
            var token = NextWithoutSpace();
            if (token.Kind == end)
            {
                break;
            }

            if (token.Kind is not (TokenKind.Boolean or TokenKind.Character or TokenKind.Dot or TokenKind.Field or TokenKind.Identifier
                or TokenKind.Number or TokenKind.Nil or TokenKind.RawText or TokenKind.QuotedText or TokenKind.Variable or TokenKind.OpenParenthesis))
            {
                throw Unexpected(token, context);
            }

            _next--;
            commands.Add(ParseCommand());
        }

        if (commands.Count == 0)
        {
            throw Fault(start, $"{context} has no value");
        }

        foreach (var command in commands.Skip(1))
        {
            if (command.Operands[0] is ConstantOperand or DotOperand or NilOperand)
            {
                throw Fault(command.Position, "what follows '|' must be a function");
            }
        }

        _nesting--;
        return new(start, variables, assigns, commands);
    }

    // "$x :=", "$x =", and in a range "$i, $x :="; leaves everything else where it is.
    private bool ParseVariables(string context, List<string> variables)
    {
        while (PeekWithoutSpace().Kind is TokenKind.Variable)
        {
            var before = _next;
            var variable = NextWithoutSpace();
            var next = PeekWithoutSpace();
            if (next.Kind is TokenKind.Assign or TokenKind.Declare)
            {
                NextWithoutSpace();
                AddVariable(variable, variables);
                return next.Kind is TokenKind.Assign;
            }

            if (next.Kind is not TokenKind.Comma)
            {
                // Also the space before what follows is given back: it separates arguments.
                _next = before;
                return false;
            }

            NextWithoutSpace();
            AddVariable(variable, variables);
            if (context != "range" || variables.Count > 1)
            {
                throw Fault(next.Start, $"too many variables in {context}");
            }

            if (PeekWithoutSpace().Kind is not TokenKind.Variable)
            {
                throw Fault(PeekWithoutSpace().Start, "after ',' in a range there must be a variable");
            }
        }

        return false;
    }

    private void AddVariable(Token token, List<string> variables)
    {
        var name = token.In(_source).ToString();
        variables.Add(name);
        _variables.Add(name);
    }

    private Command ParseCommand()
    {
        var operands = new List<Operand>();
        var start = PeekWithoutSpace().Start;
        while (true)
        {
            PeekWithoutSpace();
            if (ParseOperand() is { } operand)
            {
                operands.Add(operand);
            }

            var token = Next();
            if (token.Kind is TokenKind.Space)
            {
                continue;
            }

            if (token.Kind is TokenKind.Close or TokenKind.CloseParenthesis)
            {
                _next--;
            }
            else if (token.Kind is not TokenKind.Pipe)
            {
                throw Unexpected(token, "a command");
            }

            break;
        }

        return operands.Count > 0 ? new(start, operands) : throw Fault(start, "an empty command");
    }

    private Operand? ParseOperand()
    {
        if (ParseTerm() is not { } term)
        {
            return null;
        }

        if (Peek().Kind is not TokenKind.Field)
        {
            return term;
        }

        var position = Peek().Start;
        var path = new List<string>();
        while (Peek().Kind is TokenKind.Field)
        {
            path.Add(FieldName(Next()));
        }

        return term switch
        {
            FieldOperand field => field with { Path = [.. field.Path, .. path] },
            VariableOperand variable => variable with { Path = path },
            ConstantOperand or NilOperand or DotOperand => throw Fault(position, "a field of something that has none"),
            _ => new ChainOperand(position, term, path),
        };
    }

    private Operand? ParseTerm()
    {
        var token = NextWithoutSpace();
        switch (token.Kind)
        {
            case TokenKind.Identifier:
                var name = token.In(_source).ToString();
                return TemplateFunctions.Contains(name)
                    ? new FunctionOperand(token.Start, name)
                    : throw Fault(token.Start, $"function \"{name}\" is not supported");
            case TokenKind.Dot:
                return new DotOperand(token.Start);
            case TokenKind.Nil:
                return new NilOperand(token.Start);
            case TokenKind.Variable:
                var variable = token.In(_source).ToString();
                return _variables.Contains(variable)
                    ? new VariableOperand(token.Start, variable, [])
                    : throw Fault(token.Start, $"variable {variable} is not defined");
            case TokenKind.Field:
                return new FieldOperand(token.Start, [FieldName(token)]);
            case TokenKind.Boolean:
                return new ConstantOperand(token.Start, BooleanValue.Of(token.Length == "true".Length));
            case TokenKind.Character:
                return new ConstantOperand(token.Start, Literal.Character(token.In(_source)) ?? throw BadLiteral(token, "character"));
            case TokenKind.Number:
                return new ConstantOperand(token.Start, Literal.Number(token.In(_source)) ?? throw BadLiteral(token, "number"));
            case TokenKind.QuotedText or TokenKind.RawText:
                return new ConstantOperand(token.Start, TextOf(token));
            case TokenKind.OpenParenthesis:
                return ParsePipeline("parentheses", TokenKind.CloseParenthesis);
            default:
                _next--;
                return null;
        }
    }

    private string FieldName(Token token) => token.In(_source)[1..].ToString();

    private TextValue TextOf(Token token) => token.Kind is TokenKind.RawText
        ? Literal.RawText(token.In(_source))
        : Literal.Text(token.In(_source)) ?? throw BadLiteral(token, "string");

    private TemplateException BadLiteral(Token token, string what) => Fault(token.Start, $"{Shorten(token)} is not a {what} that is supported");

    private void Enter(int position)
    {
        // The stack is asked too: the caller may stand deep in it already.
        if (++_nesting > _limits.MaxNesting || !System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Fault(position, "nested too deep");
        }
    }

    private void Expect(TokenKind kind, string context)
    {
        var token = NextWithoutSpace();
        if (token.Kind != kind)
        {
            throw Unexpected(token, $"'{context}'");
        }
    }

    // A fault of the lexer is told when the parser comes to it, whatever it expected there.
    private Token Next()
    {
        var token = Peek();
        if (token.Kind is TokenKind.Error)
        {
            throw Fault(token.Start, _lexer.Error!);
        }

        _next++;
        return token;
    }

    private Token NextWithoutSpace()
    {
        PeekWithoutSpace();
        return Next();
    }

    // The last token is never consumed: an end of the text stays.
    private Token Peek() => _lexer.Tokens[Math.Min(_next, _lexer.Tokens.Count - 1)];

    private Token PeekWithoutSpace()
    {
        while (Peek().Kind is TokenKind.Space)
        {
            _next++;
        }

        return Peek();
    }

    private TokenKind PeekAfterOpen()
    {
        var before = _next;
        _next++;
        var kind = PeekWithoutSpace().Kind;
        _next = before;
        return kind;
    }

    private TemplateException Unexpected(Token token, string context) => token.Kind switch
    {
        TokenKind.EndOfText => Fault(token.Start, $"unexpected end of the text in {context}"),
        TokenKind.Close => Fault(token.Start, $"{context} is incomplete"),
        _ => Fault(token.Start, $"unexpected {Shorten(token)} in {context}"),
    };

    private string Shorten(Token token)
    {
        var text = token.In(_source);
        return text.Length <= 40 ? text.ToString() : $"{text[..40]}…";
    }

    private static TemplateException Fault(int position, string message) => new(message, position);
}
