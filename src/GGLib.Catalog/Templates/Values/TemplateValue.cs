namespace GGLib.Catalog.Templates.Values;

/// <summary>
/// A value a template works with, in the kinds that Go's templates tell apart. A closed hierarchy: the kinds are in this folder.
/// </summary>
internal abstract class TemplateValue
{
    /// <summary>Nothing at all: what a pipeline gives for a name the data does not have. Prints as <c>&lt;no value&gt;</c>; fields of it are nothing too.</summary>
    public static TemplateValue None { get; } = new NilValue("invalid");

    /// <summary>A place that could hold anything and holds nothing. A field of it is an error.</summary>
    public static TemplateValue Nil { get; } = new NilValue("interface {}");

    /// <summary>Go's name of the type, for messages and for <c>printf</c>'s complaints.</summary>
    public abstract string TypeName { get; }

    /// <summary>What <c>if</c> makes of it.</summary>
    public abstract bool IsTruthy { get; }

    /// <summary>Whether it is nothing in one of the ways <c>eq … nil</c> sees.</summary>
    public virtual bool IsNil => false;

    private sealed class NilValue(string typeName) : TemplateValue
    {
        public override string TypeName => typeName;

        public override bool IsTruthy => false;

        public override bool IsNil => true;
    }
}
