using System.Text.Json;
using GGLib.Configuration.Files;

namespace GGLib.Configuration.Values;

/// <summary>On or off. In the environment, as Ollama reads it, any text that is not false is true.</summary>
internal sealed class SwitchRule : ValueRule<bool>
{
    public override string Expected => "true or false";

    public override bool TryRead(FileValue value, out bool result)
    {
        result = value.Kind is JsonValueKind.True;
        return value.Kind is JsonValueKind.True or JsonValueKind.False;
    }

    public override bool TryRead(string text, out bool result)
    {
        result = text is not ("0" or "f" or "F" or "false" or "False" or "FALSE");
        return true;
    }

    public override string Show(bool value) => value ? "true" : "false";

    public override void Write(Utf8JsonWriter writer, bool value) => writer.WriteBooleanValue(value);

    public override void WriteSchema(Utf8JsonWriter writer) => writer.WriteString("type"u8, "boolean"u8);
}
