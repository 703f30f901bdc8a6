namespace GGLib.Catalog.Templates.Values;

internal sealed class FloatValue(double value) : TemplateValue
{
    public double Value => value;

    public override string TypeName => "float64";

    public override bool IsTruthy => value != 0;
}
