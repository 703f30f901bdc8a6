namespace GGLib.Catalog.Templates.Parsing;

/// <summary>
/// Cuts a template after the action that writes <c>.Response</c>, in every branch that has one: there the model goes on, and what
/// follows belongs to the end of its turn.
/// </summary>
internal static class ResponseCut
{
    public static IReadOnlyList<Node> Of(IReadOnlyList<Node> body) => Cut(body).Body;

    private static (IReadOnlyList<Node> Body, bool Found) Cut(IReadOnlyList<Node> body)
    {
        var kept = new List<Node>();
        foreach (var node in body)
        {
            var (last, found) = Cut(node);
            kept.Add(last);
            if (found)
            {
                return (kept, true);
            }
        }

        return (body, false);
    }

    private static (Node Node, bool Found) Cut(Node node)
    {
        switch (node)
        {
            case ActionNode action:
                return (node, MentionedNames.Has(action.Pipeline, "Response"));
            case BranchNode branch:
                var branches = branch.Branches.Select(each => (each.Condition, Cut: Cut(each.Body))).ToList();
                var otherwise = Cut(branch.Else);
                return (branch with { Branches = [.. branches.Select(each => new Branch(each.Condition, each.Cut.Body))], Else = otherwise.Body },
                    otherwise.Found || branches.Exists(each => each.Cut.Found));
            case RangeNode range:
                var (rangeBody, rangeElse) = (Cut(range.Body), Cut(range.Else));
                return (range with { Body = rangeBody.Body, Else = rangeElse.Body }, rangeBody.Found || rangeElse.Found);
            default:
                return (node, false);
        }
    }
}
