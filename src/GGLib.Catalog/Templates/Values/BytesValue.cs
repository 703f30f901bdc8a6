namespace GGLib.Catalog.Templates.Values;

/// <summary>Bytes that are no text: an image. Prints as a list of numbers, in JSON as base64.</summary>
internal sealed class BytesValue(ReadOnlyMemory<byte> bytes) : TemplateValue
{
    public ReadOnlyMemory<byte> Bytes => bytes;

    public override string TypeName => "api.ImageData";

    public override bool IsTruthy => !bytes.IsEmpty;
}
