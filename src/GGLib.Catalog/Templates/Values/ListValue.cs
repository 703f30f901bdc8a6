namespace GGLib.Catalog.Templates.Values;

/// <summary>A slice. One that was never made (<see cref="IsNil"/>) prints as <c>null</c> in JSON.</summary>
internal sealed class ListValue(string typeName, IReadOnlyList<TemplateValue> items, PrintForm form = PrintForm.Go, bool isNil = false) : TemplateValue
{
    public IReadOnlyList<TemplateValue> Items => items;

    public PrintForm Form => form;

    public override string TypeName => typeName;

    public override bool IsTruthy => items.Count > 0;

    public override bool IsNil => isNil;
}
