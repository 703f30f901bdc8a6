namespace GGLib.Engine.Processes;

/// <summary>Understands a line of llama-server's log: <c>0.00.039.071 W srv  llama_server: text</c>, or free text from libraries.</summary>
internal static class LogLine
{
    /// <summary>The message of an error line without time stamp, level and function; null when the line is none.</summary>
    public static string? ErrorText(ReadOnlySpan<char> line)
    {
        var text = line.Trim();
        var space = text.IndexOf(' ');
        if (space > 0 && char.IsAsciiDigit(text[0]) && text.Length > space + 2 && text[space + 2] == ' ')
        {
            return text[space + 1] is 'E' or 'F' ? Message(text[(space + 3)..]) : null;
        }

        return text.StartsWith("error", StringComparison.OrdinalIgnoreCase)
            || text.Contains("terminate called", StringComparison.Ordinal)
            || text.Contains("what():", StringComparison.Ordinal)
            || text.Contains("GGML_ASSERT", StringComparison.Ordinal)
            || text.Contains("error while loading shared libraries", StringComparison.Ordinal)
                ? text.ToString()
                : null;
    }

    /// <summary>The level a line carries.</summary>
    public static ChildLogLevel Level(ReadOnlySpan<char> line)
    {
        var space = line.IndexOf(' ');
        return space > 0 && char.IsAsciiDigit(line[0]) && line.Length > space + 2 && line[space + 2] == ' '
            ? line[space + 1] switch
            {
                'D' => ChildLogLevel.Debug,
                'I' => ChildLogLevel.Info,
                'W' => ChildLogLevel.Warning,
                'E' or 'F' => ChildLogLevel.Error,
                _ => ChildLogLevel.None,
            }
            : ErrorText(line) is null ? ChildLogLevel.None : ChildLogLevel.Error;
    }

    /// <summary>Whether an error only says that an earlier one was fatal.</summary>
    public static bool IsConsequence(string error) =>
        error.StartsWith("exiting due to", StringComparison.Ordinal)
        || error.StartsWith("failed to load model", StringComparison.Ordinal)
        || error.StartsWith("failed to initialize", StringComparison.Ordinal)
        || error.StartsWith("failed to create", StringComparison.Ordinal)
        || error.StartsWith("not enough memory: failed to allocate", StringComparison.Ordinal)
        || error.StartsWith("not enough memory: unable to allocate", StringComparison.Ordinal)
        || error.StartsWith("encountered an error while trying to fit", StringComparison.Ordinal)
        || error.Contains("failed to load model, '", StringComparison.Ordinal);

    // Whoever shows a reason says himself that loading failed; and memory that is not there is the reason people look for.
    private static string Plain(ReadOnlySpan<char> message)
    {
        const string Loading = "error loading model: ";
        if (message.StartsWith(Loading, StringComparison.Ordinal))
        {
            message = message[Loading.Length..];
        }

        var memory = message.StartsWith("insufficient memory", StringComparison.Ordinal)
            || message.StartsWith("failed to allocate", StringComparison.Ordinal)
            || message.StartsWith("unable to allocate", StringComparison.Ordinal)
            || message.Contains("out of memory", StringComparison.OrdinalIgnoreCase);
        return memory ? $"not enough memory: {message}" : message.ToString();
    }

    // "srv    load_model: failed to load model, '/x.gguf'" → what follows the function's name.
    private static string Message(ReadOnlySpan<char> text)
    {
        var colon = text.IndexOf(": ");
        var message = colon is > 0 and < 60 && !text[..colon].TrimStart().StartsWith("error", StringComparison.Ordinal) ? text[(colon + 2)..] : text;
        return Plain(message.Trim());
    }
}
