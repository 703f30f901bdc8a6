using System.Text.Json;
using GGLib.Engine.Launching;

namespace GGLib.Rendering.Json;

/// <summary>Where a value came from, for scripts.</summary>
internal static class OriginJson
{
    public static void Write(Utf8JsonWriter writer, ValueOrigin origin)
    {
        writer.WriteStartObject("origin"u8);
        writer.WriteString("kind"u8, Word(origin.Kind));
        writer.WriteString("text"u8, origin.Text);
        writer.WriteEndObject();
    }

    private static string Word(OriginKind kind) => kind switch
    {
        OriginKind.CommandLine => "command_line",
        OriginKind.Environment => "environment",
        OriginKind.File => "file",
        OriginKind.Request => "request",
        OriginKind.ModelFile => "model_file",
        OriginKind.Stored => "stored",
        OriginKind.Computed => "computed",
        OriginKind.LlamaServer => "llama_server",
        _ => "default",
    };
}
