namespace GGLib.Catalog.Templates.Parsing;

/// <summary>The fields and variables a template names, wherever they stand; <c>.Function.Name</c> names two.</summary>
internal static class MentionedNames
{
    /// <summary>Names of a whole template. Case does not count: Ollama compares them in lower case.</summary>
    public static HashSet<string> Of(TemplateTree tree)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var body in tree.Definitions.Values.Append(tree.Root))
        {
            Collect(body, names);
        }

        return names;
    }

    /// <summary>Whether a pipeline has a field of that name, case included.</summary>
    public static bool Has(Pipeline pipeline, string field) => pipeline.Commands.Any(command => command.Operands.Any(operand => Has(operand, field)));

    private static bool Has(Operand operand, string field) => operand switch
    {
        FieldOperand { Path: var path } => path.Contains(field),
        VariableOperand { Name: "$", Path: var path } => path.Contains(field),
        ChainOperand chain => chain.Path.Contains(field) || Has(chain.Of, field),
        Pipeline inner => Has(inner, field),
        _ => false,
    };

    private static void Collect(IReadOnlyList<Node> body, HashSet<string> names)
    {
        foreach (var node in body)
        {
            switch (node)
            {
                case ActionNode action:
                    Collect(action.Pipeline, names);
                    break;
                case InvokeNode { Pipeline: { } pipeline }:
                    Collect(pipeline, names);
                    break;
                case BranchNode branch:
                    foreach (var each in branch.Branches)
                    {
                        Collect(each.Condition, names);
                        Collect(each.Body, names);
                    }

                    Collect(branch.Else, names);
                    break;
                case RangeNode range:
                    Collect(range.Pipeline, names);
                    Collect(range.Body, names);
                    Collect(range.Else, names);
                    break;
            }
        }
    }

    private static void Collect(Operand operand, HashSet<string> names)
    {
        switch (operand)
        {
            case FieldOperand field:
                names.UnionWith(field.Path);
                break;
            case VariableOperand variable:
                names.UnionWith(variable.Path);
                break;
            case ChainOperand chain:
                names.UnionWith(chain.Path);
                Collect(chain.Of, names);
                break;
            case Pipeline pipeline:
                foreach (var inner in pipeline.Commands.SelectMany(command => command.Operands))
                {
                    Collect(inner, names);
                }

                break;
        }
    }
}
