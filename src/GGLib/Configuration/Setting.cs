using System.Text.Json;
using GGLib.Configuration.Files;
using GGLib.Configuration.Values;
using GGLib.Engine.Launching;

namespace GGLib.Configuration;

/// <summary>
/// One setting: everything that is known of it, in one place. Reading, checking, <c>config show</c>, the schema and the table of the guide are all made from this.
/// </summary>
/// <param name="name">Its name in the configuration file.</param>
/// <param name="meaning">What it does, in a few words.</param>
internal abstract class Setting(string name, string meaning)
{
    public string Name => name;

    public string Meaning => meaning;

    /// <summary>The environment variable that sets it; null when there is none.</summary>
    public string? Variable { get; init; }

    /// <summary>The option of the command line that sets it; null when there is none.</summary>
    public string? Option { get; init; }

    /// <summary>The value when nobody says anything, or who decides then in angle brackets.</summary>
    public required string Default { get; init; }

    /// <summary>Whether a server that runs heeds a change of the file.</summary>
    public bool IsLive { get; init; }

    /// <summary>Whether a live change applies to the next request; otherwise to the next load of a model.</summary>
    public bool IsPerRequest { get; init; }

    /// <summary>Flags of which llama-server must know one, to run a model by this setting; empty: gglib has another way without them, or every llama-server knows them.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>What a value must be.</summary>
    public abstract string Expected { get; }

    /// <summary>A file's value, checked.</summary>
    public abstract Candidate? Read(FileValue value, string fileName, out FileProblem? problem);

    /// <summary>The environment's value; null when the variable is not set.</summary>
    public abstract Candidate? Read(EnvironmentValues environment);

    /// <summary>The value when nobody says anything; its value is null where gglib or llama-server decides by itself.</summary>
    public abstract Candidate Unset { get; }

    public abstract void WriteValue(Utf8JsonWriter writer, object value);

    /// <summary>The setting's schema as an object.</summary>
    public abstract void WriteSchema(Utf8JsonWriter writer);
}

/// <summary>A setting of a certain type.</summary>
internal sealed class Setting<T>(string name, ValueRule<T> rule, string meaning) : Setting(name, meaning)
    where T : notnull
{
    /// <summary>Takes this setting's part out of a variable that holds several; null is returned when the part is not there.</summary>
    public Func<string, string?> Part { get; init; } = static text => text;

    /// <summary>Texts of the environment that mean "decide yourself", as if the variable were not set.</summary>
    public string? Undecided { get; init; }

    public override string Expected => rule.Expected;

    public override Candidate Unset => Default.StartsWith('<')
        ? new(ValueOrigin.Default, null, Default.Trim('<', '>'))
        : new(ValueOrigin.Default, rule.TryRead(Default, out var value) ? value : throw new InvalidOperationException($"The default of {Name} is not valid."), Default);

    public override Candidate? Read(FileValue value, string fileName, out FileProblem? problem)
    {
        if (rule.TryRead(value, out var result))
        {
            problem = null;
            return new(new(OriginKind.File, $"{fileName}:{value.Position}"), result, rule.Show(result)) { Position = value.Position };
        }

        var wrong = rule.Culprit(value);
        problem = new(wrong.Position, $"'{Name}' must be {rule.Expected}, not {wrong.Shown}");
        return null;
    }

    public override Candidate? Read(EnvironmentValues environment)
    {
        if (Variable is null || environment.Text(Variable) is not { } text || Part(text) is not { } part || part == Undecided)
        {
            return null;
        }

        var origin = new ValueOrigin(OriginKind.Environment, Variable);
        return rule.TryRead(part, out var result)
            ? new(origin, result, rule.Show(result))
            : new(origin, null, text, $"not {rule.Expected}");
    }

    /// <summary>The command line's value, which the command line has checked.</summary>
    public Candidate FromCommandLine(T value) => new(new(OriginKind.CommandLine, Option!), value, rule.Show(value));

    public override void WriteValue(Utf8JsonWriter writer, object value) => rule.Write(writer, (T)value);

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("description"u8, Variable is null ? Meaning : $"{Meaning} (also {Variable})");
        rule.WriteSchema(writer);
        if (!Default.StartsWith('<') && Default.Length > 0)
        {
            writer.WritePropertyName("default"u8);
            rule.Write(writer, (T)Unset.Value!);
        }

        writer.WriteEndObject();
    }
}
