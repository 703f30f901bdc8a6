using System.Globalization;
using System.Text;
using GGLib.Server.Failures;

namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>Keeps the first error that is found while a request is read. Reading goes on after an error, and its result is then not used.</summary>
internal sealed class RequestFaults
{
    /// <summary>The first error; null when there is none.</summary>
    public InferenceFailure.InvalidRequest? First { get; private set; }

    /// <summary>Adds an error of a value: its path and a sentence about it, for example <c>must be a string</c>.</summary>
    public void Add(FieldPath path, string problem) => First ??= new($"{path}: {problem}", path.ToString());

    /// <summary>Adds an error whose message does not begin with the path.</summary>
    public void AddSentence(FieldPath path, string message) => First ??= new(message, path.ToString());
}

/// <summary>Where a value is in a request, as Anthropic's errors write it: <c>messages.0.content.2.text</c>. Formatted only when an error is reported.</summary>
/// <param name="Root">The top-level field.</param>
/// <param name="Index">The element of <paramref name="Root"/>; null for the field itself.</param>
/// <param name="Block">The content block of the element; null for none.</param>
/// <param name="Nested">The content block inside that block; null for none.</param>
/// <param name="Member">The property; null for the value itself.</param>
internal readonly record struct FieldPath(string Root, int? Index = null, int? Block = null, int? Nested = null, string? Member = null)
{
    /// <summary>The request itself.</summary>
    public static FieldPath Request { get; } = new("");

    /// <summary>A content block inside of this value.</summary>
    public FieldPath Content(int index) => Block is null ? this with { Block = index } : this with { Nested = index };

    /// <summary>A property of this value.</summary>
    public FieldPath At(string member) => Root.Length == 0 ? new(member) : this with { Member = Member is null ? member : $"{Member}.{member}" };

    public override string ToString()
    {
        var text = new StringBuilder(Root);
        Append(text, "", Index);
        Append(text, ".content", Block);
        Append(text, ".content", Nested);
        return Member is null ? text.ToString() : text.Append('.').Append(Member).ToString();
    }

    private static void Append(StringBuilder text, string name, int? index)
    {
        if (index is { } number)
        {
            text.Append(name).Append('.').Append(number.ToString(CultureInfo.InvariantCulture));
        }
    }
}
