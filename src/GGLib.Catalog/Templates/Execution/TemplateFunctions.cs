using System.Globalization;
using GGLib.Catalog.Templates.Values;

namespace GGLib.Catalog.Templates.Execution;

/// <summary>
/// The functions of a template: those of Go's that templates for models use, and Ollama's own. <c>and</c> and <c>or</c> are known here
/// but evaluated by <see cref="Evaluator"/>, since they do not evaluate all of their arguments.
/// </summary>
internal static class TemplateFunctions
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len", "index", "slice", "print", "printf", "println",
        "json", "currentDate", "yesterdayDate", "toTypeScriptType",
    };

    public static bool Contains(string name) => Names.Contains(name);

    public static TemplateValue Call(string name, IReadOnlyList<TemplateValue> arguments, TimeProvider clock, Budget budget)
    {
        switch (name)
        {
            case "not":
                Count(1);
                return BooleanValue.Of(!arguments[0].IsTruthy);
            case "eq":
                AtLeast(2);
                return BooleanValue.Of(arguments.Skip(1).Any(other => Comparison.AreEqual(arguments[0], other, budget)));
            case "ne":
                Count(2);
                return BooleanValue.Of(!Comparison.AreEqual(arguments[0], arguments[1], budget));
            case "lt":
                Count(2);
                return BooleanValue.Of(Comparison.IsLess(arguments[0], arguments[1], budget));
            case "le":
                Count(2);
                return BooleanValue.Of(IsLessOrEqual());
            case "gt":
                Count(2);
                return BooleanValue.Of(!IsLessOrEqual());
            case "ge":
                Count(2);
                return BooleanValue.Of(!Comparison.IsLess(arguments[0], arguments[1], budget));
            case "len":
                Count(1);
                return new IntegerValue(Length(arguments[0], budget));
            case "index":
                AtLeast(1);
                return Index(arguments, budget);
            case "slice":
                AtLeast(1);
                return Slice(arguments, budget);
            case "print":
                return Print(arguments, budget);
            case "println":
                return PrintLine(arguments, budget);
            case "printf":
                AtLeast(1);
                return FormattedText.Of(TextOf(arguments[0], name, budget), arguments.Skip(1).ToList(), budget);
            case "json":
                Count(1);
                return ValueJson.Of(arguments[0], budget);
            case "currentDate" or "yesterdayDate":
                foreach (var argument in arguments)
                {
                    TextOf(argument, name, budget);
                }

                var today = clock.GetLocalNow().Date.AddDays(name == "currentDate" ? 0 : -1);
                return TextValue.Of(today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            case "toTypeScriptType":
                Count(1);
                return TextValue.Of(TypeScriptType.Of(arguments[0]));
            default:
                throw budget.Fault($"function \"{name}\" is not supported");
        }

        bool IsLessOrEqual() => Comparison.IsLess(arguments[0], arguments[1], budget) || Comparison.AreEqual(arguments[0], arguments[1], budget);

        void Count(int count)
        {
            if (arguments.Count != count)
            {
                throw budget.Fault($"{name} takes {count} argument{(count == 1 ? "" : "s")}, not {arguments.Count}");
            }
        }

        void AtLeast(int count)
        {
            if (arguments.Count < count)
            {
                throw budget.Fault($"{name} takes at least {count} argument{(count == 1 ? "" : "s")}, not {arguments.Count}");
            }
        }
    }

    private static TextValue TextOf(TemplateValue value, string name, Budget budget) =>
        value as TextValue ?? throw budget.Fault($"{name} needs a string where it is given {value.TypeName}");

    private static int Length(TemplateValue value, Budget budget) => value switch
    {
        TextValue text => text.Span.Length,
        ListValue list => list.Items.Count,
        MapValue map => map.Entries.Count,
        BytesValue bytes => bytes.Bytes.Length,
        _ => throw budget.Fault($"{value.TypeName} has no length"),
    };

    private static TemplateValue Index(IReadOnlyList<TemplateValue> arguments, Budget budget)
    {
        var item = arguments[0];
        if (arguments.Count == 1 && item is not (TextValue or ListValue or MapValue or BytesValue or RecordValue or BooleanValue or IntegerValue or FloatValue))
        {
            throw budget.Fault("index of nothing");
        }

        foreach (var index in arguments.Skip(1))
        {
            item = item switch
            {
                MapValue map => index is TextValue key ? map[key.ToString()] : throw budget.Fault($"the index of a map must be a string, not {index.TypeName}"),
                ListValue list => list.Items[Place(index, list.Items.Count - 1, budget)],
                TextValue text => new IntegerValue(text.Span[Place(index, text.Span.Length - 1, budget)]),
                BytesValue bytes => new IntegerValue(bytes.Bytes.Span[Place(index, bytes.Bytes.Length - 1, budget)]),
                _ => throw budget.Fault($"{item.TypeName} cannot be indexed"),
            };
        }

        return item;
    }

    private static TemplateValue Slice(IReadOnlyList<TemplateValue> arguments, Budget budget)
    {
        var item = arguments[0];
        var most = item is TextValue or ListValue or BytesValue ? Length(item, budget) : throw budget.Fault($"{item.TypeName} cannot be sliced");
        if (arguments.Count > (item is TextValue ? 3 : 4))
        {
            throw budget.Fault("slice has too many indexes");
        }

        var from = arguments.Count > 1 ? Place(arguments[1], most, budget) : 0;
        var to = arguments.Count > 2 ? Place(arguments[2], most, budget) : most;
        var capacity = arguments.Count > 3 ? Place(arguments[3], most, budget) : most;
        if (from > to || to > capacity)
        {
            throw budget.Fault($"slice from {from} to {to}: the second index must not be smaller");
        }

        if (item is not ListValue list)
        {
            return item is TextValue text ? new TextValue(text.Bytes[from..to]) : new BytesValue(((BytesValue)item).Bytes[from..to]);
        }

        budget.Spend(to - from);
        return new ListValue(list.TypeName, [.. list.Items.Skip(from).Take(to - from)], list.Form, list.IsNil);
    }

    private static int Place(TemplateValue index, int most, Budget budget)
    {
        if (index is not IntegerValue number)
        {
            throw budget.Fault($"an index must be an integer, not {index.TypeName}");
        }

        return number.Value >= 0 && number.Value <= most ? (int)number.Value : throw budget.Fault($"index {number.Value} is out of range");
    }

    // A space stands between two operands when neither is a string.
    private static TextValue Print(IReadOnlyList<TemplateValue> arguments, Budget budget)
    {
        var text = new TextBuilder(budget);
        for (var at = 0; at < arguments.Count; at++)
        {
            if (at > 0 && arguments[at] is not TextValue && arguments[at - 1] is not TextValue)
            {
                text.Write((byte)' ');
            }

            ValueText.Write(arguments[at], text, budget);
        }

        return text.ToValue();
    }

    private static TextValue PrintLine(IReadOnlyList<TemplateValue> arguments, Budget budget)
    {
        var text = new TextBuilder(budget);
        for (var at = 0; at < arguments.Count; at++)
        {
            if (at > 0)
            {
                text.Write((byte)' ');
            }

            ValueText.Write(arguments[at], text, budget);
        }

        text.Write((byte)'\n');
        return text.ToValue();
    }
}
