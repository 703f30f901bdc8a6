namespace GGLib.Catalog.Templates.Values;

internal sealed class IntegerValue(long value) : TemplateValue
{
    public long Value => value;

    public override string TypeName => "int";

    public override bool IsTruthy => value != 0;
}
