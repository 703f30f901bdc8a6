using GGLib.Configuration;
using GGLib.Engine.Installation;
using GGLib.Engine.Launching;

namespace GGLib.Rendering.Json;

/// <summary>How a model would be run, for scripts.</summary>
internal static class ExplainJson
{
    public static string Text(string model, EngineBinary engine, Launch launch, IReadOnlyList<SamplingExplanation> sampling) => JsonText.Of(writer =>
    {
        writer.WriteString("model"u8, model);
        writer.WriteStartObject("engine"u8);
        writer.WriteString("path"u8, engine.Path);
        writer.WriteString("version"u8, engine.Version);
        writer.WriteEndObject();
        writer.WriteNumber("context_length"u8, launch.Plan.ContextLength);
        writer.WriteNumber("slots"u8, launch.Plan.Slots);
        writer.WriteNumber("memory_bytes"u8, launch.Plan.MemoryBytes);
        writer.WriteString("memory"u8, launch.Plan.MemoryText);
        writer.WriteStartArray("arguments"u8);
        foreach (var argument in launch.Arguments)
        {
            writer.WriteStartObject();
            writer.WriteString("flag"u8, argument.Flag);
            if (argument.Value is { } value)
            {
                writer.WriteString("value"u8, value);
            }

            OriginJson.Write(writer, argument.Origin);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("environment"u8);
        foreach (var variable in launch.Environment)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, variable.Name);
            writer.WriteString("value"u8, variable.Value);
            OriginJson.Write(writer, variable.Origin);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("left_to_llama_server"u8);
        foreach (var argument in launch.LeftToLlamaServer)
        {
            writer.WriteStringValue(argument.Flag);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("sampling"u8);
        foreach (var one in sampling)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, one.Name);
            writer.WritePropertyName("value"u8);
            writer.WriteRawValue(one.Value ?? "null");
            OriginJson.Write(writer, one.Origin);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("command"u8);
        foreach (var part in launch.Command)
        {
            writer.WriteStringValue(part);
        }

        writer.WriteEndArray();
    });
}
