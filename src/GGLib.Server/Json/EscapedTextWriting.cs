using System.Text.Json;

namespace GGLib.Server.Json;

/// <summary>Writes text that is already escaped.</summary>
internal static class EscapedTextWriting
{
    /// <summary>Writes escaped text as a string property.</summary>
    public static void WriteEscaped(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> escaped)
    {
        writer.WritePropertyName(name);
        byte[] quoted = [(byte)'"', .. escaped, (byte)'"'];
        writer.WriteRawValue(quoted, skipInputValidation: true);
    }
}
