namespace GGLib.Catalog.Templates.Values;

/// <summary>A field of a <see cref="RecordValue"/>.</summary>
/// <param name="Name">What templates call it.</param>
/// <param name="JsonName">Its key in JSON.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsInJson">False for an optional field that is empty.</param>
internal readonly record struct RecordField(string Name, string JsonName, TemplateValue Value, bool IsInJson = true)
{
    public static RecordField Of(string name, TemplateValue value) => new(name, name, value);

    /// <summary>A field that JSON leaves out when it is empty, or, where the field may hold anything, when it holds nothing.</summary>
    public static RecordField Optional(string name, string jsonName, TemplateValue value) =>
        new(name, jsonName, value, value is TextValue or ListValue { TypeName: not "[]interface {}" } ? value.IsTruthy : !value.IsNil);
}
