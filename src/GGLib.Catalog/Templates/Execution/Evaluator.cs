using GGLib.Catalog.Templates.Parsing;
using GGLib.Catalog.Templates.Values;

namespace GGLib.Catalog.Templates.Execution;

/// <summary>
/// Walks a tree and writes what it says. Throws <see cref="TemplateException"/> for what the template cannot do with its data, and
/// when the budget is used up. One rendering, one evaluator.
/// </summary>
internal sealed class Evaluator(IReadOnlyDictionary<string, IReadOnlyList<Node>> definitions, TextBuilder output, TimeProvider clock, Budget budget)
{
    private readonly List<(string Name, TemplateValue Value)> _variables = [];

    // Variables of callers lie below and are not seen: a named template knows only its own.
    private int _frame;

    /// <summary>Writes <paramref name="root"/> with <paramref name="data"/> as its dot.</summary>
    public void Run(IReadOnlyList<Node> root, TemplateValue data)
    {
        _variables.Clear();
        _frame = 0;
        _variables.Add(("$", data));
        Walk(root, data);
    }

    private Flow Walk(IReadOnlyList<Node> body, TemplateValue dot)
    {
        budget.Enter();
        var flow = Flow.Next;
        for (var at = 0; at < body.Count && flow is Flow.Next; at++)
        {
            flow = Walk(body[at], dot);
        }

        budget.Leave();
        return flow;
    }

    private Flow Walk(Node node, TemplateValue dot)
    {
        At(node.Position);
        switch (node)
        {
            case TextNode text:
                output.Write(text.Text.Span);
                return Flow.Next;
            case ActionNode action:
                var value = Evaluate(action.Pipeline, dot);
                if (action.Pipeline.Variables.Count == 0)
                {
                    budget.Position = action.Position;
                    Print(value);
                }

                return Flow.Next;
            case BranchNode branch:
                return WalkBranches(branch, dot);
            case RangeNode range:
                return WalkRange(range, dot);
            case InvokeNode invocation:
                Invoke(invocation, dot);
                return Flow.Next;
            case BreakNode:
                return Flow.Break;
            default:
                return Flow.Continue;
        }
    }

    private void Print(TemplateValue value)
    {
        if (ReferenceEquals(value, TemplateValue.None))
        {
            output.Write("<no value>"u8);
        }
        else
        {
            ValueText.Write(value, output, budget);
        }
    }

    private Flow WalkBranches(BranchNode node, TemplateValue dot)
    {
        var mark = _variables.Count;
        var flow = Flow.Next;
        var isTaken = false;
        foreach (var branch in node.Branches)
        {
            var value = Evaluate(branch.Condition, dot);
            if (value.IsTruthy)
            {
                flow = Walk(branch.Body, node.SetsDot ? value : dot);
                isTaken = true;
                break;
            }
        }

        if (!isTaken)
        {
            flow = Walk(node.Else, dot);
        }

        Forget(mark);
        return flow;
    }

    private Flow WalkRange(RangeNode node, TemplateValue dot)
    {
        var outer = _variables.Count;
        var value = Evaluate(node.Pipeline, dot);
        var inner = _variables.Count;
        var ran = false;
        foreach (var (index, element) in Elements(value, node))
        {
            ran = true;
            budget.Position = node.Position;
            budget.SpendStep();
            SetRangeVariables(node.Pipeline, index, element);
            var flow = Walk(node.Body, element);
            Forget(inner);
            if (flow is Flow.Break)
            {
                break;
            }
        }

        Forget(outer);
        if (ran)
        {
            return Flow.Next;
        }

        // What the else part says of break and continue is about a range around this one.
        var result = Walk(node.Else, dot);
        Forget(outer);
        return result;
    }

    private IEnumerable<(TemplateValue Index, TemplateValue Element)> Elements(TemplateValue value, RangeNode node)
    {
        switch (value)
        {
            case ListValue list:
                for (var at = 0; at < list.Items.Count; at++)
                {
                    yield return (new IntegerValue(at), list.Items[at]);
                }

                break;
            case BytesValue bytes:
                for (var at = 0; at < bytes.Bytes.Length; at++)
                {
                    yield return (new IntegerValue(at), new IntegerValue(bytes.Bytes.Span[at]));
                }

                break;
            case MapValue map:
                foreach (var (key, element) in map.Entries)
                {
                    yield return (TextValue.Of(key), element);
                }

                break;
            case IntegerValue count when node.Pipeline.Variables.Count < 2:
                for (var at = 0L; at < count.Value; at++)
                {
                    var number = new IntegerValue(at);
                    yield return (number, number);
                }

                break;
            case { IsNil: true }:
                break;
            default:
                budget.Position = node.Position;
                throw budget.Fault($"range over {value.TypeName} is not possible{(value is IntegerValue ? " with two variables" : "")}");
        }
    }

    private void SetRangeVariables(Pipeline pipeline, TemplateValue index, TemplateValue element)
    {
        var names = pipeline.Variables;
        if (names.Count == 0)
        {
            return;
        }

        if (pipeline.Assigns)
        {
            Assign(names[0], names.Count > 1 ? index : element);
            if (names.Count > 1)
            {
                Assign(names[1], element);
            }

            return;
        }

        // The pipeline has made the variables, last one on top.
        _variables[^1] = (names[^1], element);
        if (names.Count > 1)
        {
            _variables[^2] = (names[0], index);
        }
    }

    private void Invoke(InvokeNode node, TemplateValue dot)
    {
        if (!definitions.TryGetValue(node.Name, out var body))
        {
            throw budget.Fault($"template \"{node.Name}\" is not defined");
        }

        var data = node.Pipeline is { } pipeline ? Evaluate(pipeline, dot) : TemplateValue.None;
        var (frame, mark) = (_frame, _variables.Count);
        _frame = mark;
        _variables.Add(("$", data));
        Walk(body, data);
        Forget(mark);
        _frame = frame;
    }

    private TemplateValue Evaluate(Pipeline pipeline, TemplateValue dot)
    {
        budget.Enter();
        At(pipeline.Position);
        TemplateValue? value = null;
        foreach (var command in pipeline.Commands)
        {
            value = Evaluate(command, dot, value);
            if (ReferenceEquals(value, TemplateValue.Nil))
            {
                value = TemplateValue.None;
            }
        }

        foreach (var name in pipeline.Variables)
        {
            if (pipeline.Assigns)
            {
                Assign(name, value!);
            }
            else
            {
                _variables.Add((name, value!));
            }
        }

        budget.Leave();
        return value!;
    }

    /// <param name="command">The command.</param>
    /// <param name="dot">The dot.</param>
    /// <param name="last">What comes through the pipe, or null for the first command.</param>
    private TemplateValue Evaluate(Command command, TemplateValue dot, TemplateValue? last)
    {
        var first = command.Operands[0];
        At(first.Position);
        if (first is FunctionOperand function)
        {
            return Call(function, command.Operands, dot, last);
        }

        if (command.Operands.Count > 1 || last is not null)
        {
            throw budget.Fault("only a function can be given arguments");
        }

        return first is NilOperand ? throw budget.Fault("nil is no value by itself") : Evaluate(first, dot);
    }

    private TemplateValue Evaluate(Operand operand, TemplateValue dot)
    {
        At(operand.Position);
        switch (operand)
        {
            case ConstantOperand constant:
                return constant.Value;
            case DotOperand:
                return dot;
            case NilOperand:
                return TemplateValue.None;
            case FieldOperand field:
                return Fields(dot, field.Path);
            case VariableOperand variable:
                return Fields(_variables[Find(variable.Name)].Value, variable.Path);
            case FunctionOperand function:
                return Call(function, [function], dot, null);
            case ChainOperand chain:
                var of = Evaluate(chain.Of, dot);
                budget.Position = chain.Position;
                return Fields(of, chain.Path);
            default:
                return Evaluate((Pipeline)operand, dot);
        }
    }

    private TemplateValue Call(FunctionOperand function, IReadOnlyList<Operand> operands, TemplateValue dot, TemplateValue? last)
    {
        if (function.Name is "and" or "or")
        {
            return Choose(function, operands, dot, last);
        }

        var arguments = new List<TemplateValue>(operands.Count);
        foreach (var operand in operands.Skip(1))
        {
            arguments.Add(Evaluate(operand, dot));
        }

        if (last is not null)
        {
            arguments.Add(last);
        }

        budget.Position = function.Position;
        budget.Spend(arguments.Count);
        return TemplateFunctions.Call(function.Name, arguments, clock, budget);
    }

    // The first argument that decides, or the last one; what stands behind it is not evaluated.
    private TemplateValue Choose(FunctionOperand function, IReadOnlyList<Operand> operands, TemplateValue dot, TemplateValue? last)
    {
        TemplateValue? value = null;
        foreach (var operand in operands.Skip(1))
        {
            value = Evaluate(operand, dot);
            if (value.IsTruthy == (function.Name == "or"))
            {
                return value;
            }
        }

        budget.Position = function.Position;
        return last ?? value ?? throw budget.Fault($"{function.Name} takes at least 1 argument, not 0");
    }

    private TemplateValue Fields(TemplateValue value, IReadOnlyList<string> path)
    {
        foreach (var name in path)
        {
            value = value switch
            {
                RecordValue record => record.Find(name) ?? throw budget.Fault($"{value.TypeName} has no field {name}"),
                MapValue map => map[name],
                _ when ReferenceEquals(value, TemplateValue.None) => value,
                { IsNil: true } => throw budget.Fault($"field {name} of nothing"),
                _ => throw budget.Fault($"{value.TypeName} has no field {name}"),
            };
        }

        return value;
    }

    private void Assign(string name, TemplateValue value) => _variables[Find(name)] = (name, value);

    private int Find(string name)
    {
        for (var at = _variables.Count - 1; at >= _frame; at--)
        {
            budget.Spend(1);
            if (_variables[at].Name == name)
            {
                return at;
            }
        }

        throw budget.Fault($"variable {name} is not defined");
    }

    private void Forget(int mark) => _variables.RemoveRange(mark, _variables.Count - mark);

    private void At(int position)
    {
        budget.Position = position;
        budget.SpendStep();
    }
}
