using System.Diagnostics.CodeAnalysis;

namespace GGLib.Configuration;

/// <summary>What a step was to give, or why it could not.</summary>
internal readonly record struct Attempt<T>
    where T : class
{
    private Attempt(T? value, CommandFailure? failure) => (Value, Failure) = (value, failure);

    public T? Value { get; }

    public CommandFailure? Failure { get; }

    /// <summary>True when there is a value, false when there is a failure.</summary>
    public bool Succeeded([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out CommandFailure? failure)
    {
        (value, failure) = (Value, Failure);
        return value is not null;
    }

    public static implicit operator Attempt<T>(T value) => new(value, null);

    public static implicit operator Attempt<T>(CommandFailure failure) => new(null, failure);
}
