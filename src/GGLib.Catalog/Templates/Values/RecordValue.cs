namespace GGLib.Catalog.Templates.Values;

/// <summary>A struct: fields that are always there, and no others.</summary>
internal sealed class RecordValue(string typeName, IReadOnlyList<RecordField> fields, PrintForm form = PrintForm.Go, bool isReference = false) : TemplateValue
{
    public IReadOnlyList<RecordField> Fields => fields;

    public PrintForm Form => form;

    /// <summary>Whether Go has a pointer to it, and so compares by identity.</summary>
    public bool IsReference => isReference;

    public override string TypeName => typeName;

    public override bool IsTruthy => true;

    public TemplateValue? Find(string name)
    {
        foreach (var field in fields)
        {
            if (field.Name == name)
            {
                return field.Value;
            }
        }

        return null;
    }
}
