using GGLib.Catalog.Templates.Values;

namespace GGLib.Catalog.Templates.Execution;

/// <summary><c>eq</c> and <c>lt</c>, from which the other comparisons follow. Values of different kinds are not compared: that is an error, as in Go.</summary>
internal static class Comparison
{
    public static bool AreEqual(TemplateValue left, TemplateValue right, Budget budget)
    {
        switch (left, right)
        {
            case (TextValue a, TextValue b):
                budget.Spend(Math.Min(a.Span.Length, b.Span.Length));
                return a.Span.SequenceEqual(b.Span);
            case (IntegerValue a, IntegerValue b):
                return a.Value == b.Value;
            case (FloatValue a, FloatValue b):
                return a.Value == b.Value;
            case (BooleanValue a, BooleanValue b):
                return a.Value == b.Value;
        }

        if (IsNothing(left) || IsNothing(right))
        {
            return left.IsNil && right.IsNil;
        }

        if (left.IsNil || right.IsNil)
        {
            return left.GetType() == right.GetType() ? left.IsNil == right.IsNil : throw Incomparable(left, right, budget);
        }

        return left is RecordValue { IsReference: true } && right is RecordValue { IsReference: true }
            ? ReferenceEquals(left, right)
            : throw Incomparable(left, right, budget);
    }

    public static bool IsLess(TemplateValue left, TemplateValue right, Budget budget)
    {
        switch (left, right)
        {
            case (TextValue a, TextValue b):
                budget.Spend(Math.Min(a.Span.Length, b.Span.Length));
                return a.Span.SequenceCompareTo(b.Span) < 0;
            case (IntegerValue a, IntegerValue b):
                return a.Value < b.Value;
            case (FloatValue a, FloatValue b):
                return a.Value < b.Value;
            default:
                throw Incomparable(left, right, budget);
        }
    }

    private static bool IsNothing(TemplateValue value) => ReferenceEquals(value, TemplateValue.None) || ReferenceEquals(value, TemplateValue.Nil);

    private static TemplateException Incomparable(TemplateValue left, TemplateValue right, Budget budget) =>
        budget.Fault($"{left.TypeName} and {right.TypeName} cannot be compared");
}
