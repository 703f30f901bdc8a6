using System.Text.Json;
using GGLib.Configuration;

namespace GGLib.Rendering.Json;

/// <summary>The settings, for scripts.</summary>
internal static class SettingsJson
{
    public static string Text(Settings settings, ConfigurationLocation location) => JsonText.Of(writer =>
    {
        writer.WriteString("file"u8, location.Path);
        writer.WriteBoolean("file_exists"u8, settings.File is not null);
        writer.WriteStartArray("settings"u8);
        foreach (var one in settings.All)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, one.Setting.Name);
            Value(writer, one.Setting, one.Winner);
            Others(writer, "overridden"u8, one.Setting, one.Overridden);
            Others(writer, "ignored"u8, one.Setting, one.Ignored);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("models"u8);
        foreach (var section in settings.File?.Sections ?? [])
        {
            writer.WriteStartObject();
            writer.WriteString("pattern"u8, section.Pattern);
            Sections(writer, "settings"u8, section.Values);
            Sections(writer, "options"u8, section.Options);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static void Others(Utf8JsonWriter writer, ReadOnlySpan<byte> name, Setting setting, IEnumerable<Candidate> candidates)
    {
        var all = candidates.ToList();
        if (all.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var candidate in all)
        {
            writer.WriteStartObject();
            Value(writer, setting, candidate);
            if (candidate.Ignored is { } reason)
            {
                writer.WriteString("text"u8, candidate.Text);
                writer.WriteString("reason"u8, reason);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Sections(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyDictionary<Setting, Candidate> values)
    {
        writer.WriteStartArray(name);
        foreach (var (setting, candidate) in values)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, setting.Name);
            Value(writer, setting, candidate);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Value(Utf8JsonWriter writer, Setting setting, Candidate candidate)
    {
        if (candidate.Value is { } value)
        {
            writer.WritePropertyName("value"u8);
            setting.WriteValue(writer, value);
        }
        else
        {
            writer.WriteNull("value"u8);
        }

        OriginJson.Write(writer, candidate.Origin);
    }
}
