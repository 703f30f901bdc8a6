using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using GGLib.Configuration.Files;

namespace GGLib.Configuration.Values;

/// <summary>What a setting's values are: how they are read, shown and described. Immutable.</summary>
internal abstract class ValueRule<T>
    where T : notnull
{
    /// <summary>What a value must be, to stand after "must be".</summary>
    public abstract string Expected { get; }

    /// <summary>Reads a value of the file.</summary>
    public abstract bool TryRead(FileValue value, [MaybeNullWhen(false)] out T result);

    /// <summary>Reads a text of the environment, blanks and quotes already taken off.</summary>
    public abstract bool TryRead(string text, [MaybeNullWhen(false)] out T result);

    /// <summary>The part of a wrong value that is wrong.</summary>
    public virtual FileValue Culprit(FileValue value) => value;

    /// <summary>The value for people; read again it gives the same value.</summary>
    public abstract string Show(T value);

    /// <summary>The value as JSON.</summary>
    public abstract void Write(Utf8JsonWriter writer, T value);

    /// <summary>The fields of a JSON schema that describe the values, into the object that is being written.</summary>
    public abstract void WriteSchema(Utf8JsonWriter writer);
}
