namespace GGLib.Catalog.Templates.Parsing;

/// <summary>Finds what a template writes before an assistant's tool calls: models learn to write the same before theirs.</summary>
internal static class ToolCallMark
{
    /// <summary>The first text behind the place where <c>.ToolCalls</c> is looked at, up to where JSON begins; empty when that is all, or nothing is there.</summary>
    public static string Of(TemplateTree tree) =>
        tree.Definitions.Values.Append(tree.Root).Select(static body => Find(body, isInside: false)).FirstOrDefault(static text => text is not null) is { } text
            ? text.Split('{')[0].Trim().TrimEnd('[').TrimEnd()
            : "";

    // Depth first, in the order of writing. Inside, the first text that is more than blanks is it.
    private static string? Find(IReadOnlyList<Node> body, bool isInside)
    {
        foreach (var node in body)
        {
            var found = node switch
            {
                TextNode text => isInside && !string.IsNullOrWhiteSpace(text.Text.ToString()) ? text.Text.ToString() : null,
                BranchNode branch => branch.Branches.Select(each => Find(each.Body, isInside || IsAbout(each.Condition))).FirstOrDefault(static text => text is not null)
                    ?? Find(branch.Else, isInside),
                RangeNode range => Find(range.Body, isInside || IsAbout(range.Pipeline)) ?? Find(range.Else, isInside),
                _ => null,
            };
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    private static bool IsAbout(Pipeline pipeline) => MentionedNames.Has(pipeline, "ToolCalls");
}
