namespace GGLib.Engine.Processes;

/// <summary>Understands a line of llama-server's log: <c>0.00.039.071 W srv  llama_server: text</c>, or free text from libraries.</summary>
internal static class LogLine
{
    // The chat template is the only input that a user writes in a language of its own: its errors name the template.
    private const string TemplateUnreadable = "the chat template cannot be parsed: ";
    private const string TemplateUnusable = "failed to apply template: ";

    // The next lines name the device and the statement; then the process aborts.
    private static readonly string[] DeviceErrors = ["CUDA error: ", "ROCm error: ", "MUSA error: "];

    private static readonly string[] SourceFiles = [".c", ".cc", ".cpp", ".cu", ".cuh", ".h", ".hpp", ".m", ".metal", ".inl"];

    /// <summary>The message of an error line without time stamp, level and function; null if the line is not an error.</summary>
    public static string? ErrorText(ReadOnlySpan<char> line)
    {
        var text = line.Trim();
        if (HasLevel(text, out var level))
        {
            return level is 'E' or 'F' ? Message(text[(text.IndexOf(' ') + 3)..]) : null;
        }

        // The log and stderr have different buffers: a line of one can appear within a line of the other.
        if (text.StartsWith("E common_chat_templates_init: ", StringComparison.Ordinal))
        {
            return Message(text[2..]);
        }

        text = WithoutTimeStamp(text);
        return text.StartsWith("error", StringComparison.OrdinalIgnoreCase)
            || text.Contains("terminate called", StringComparison.Ordinal)
            || text.Contains("what():", StringComparison.Ordinal)
            || text.Contains("GGML_ASSERT", StringComparison.Ordinal)
            || text.Contains("error while loading shared libraries", StringComparison.Ordinal)
            || IsAbort(text)
                ? text.ToString()
                : null;
    }

    /// <summary>The level of a line.</summary>
    public static ChildLogLevel Level(ReadOnlySpan<char> line) =>
        HasLevel(line, out var level)
            ? level switch
            {
                'D' => ChildLogLevel.Debug,
                'I' => ChildLogLevel.Info,
                'W' => ChildLogLevel.Warning,
                'E' or 'F' => ChildLogLevel.Error,
                _ => ChildLogLevel.None,
            }
            : ErrorText(line) is null ? ChildLogLevel.None : ChildLogLevel.Error;

    /// <summary>Whether an error only reports that an earlier one was fatal, or suggests a remedy.</summary>
    public static bool IsConsequence(string error) =>
        error.StartsWith("exiting due to", StringComparison.Ordinal)
        || error.StartsWith("failed to load model", StringComparison.Ordinal)
        || error.StartsWith("failed to initialize", StringComparison.Ordinal)
        || error.StartsWith("failed to create", StringComparison.Ordinal)
        || error.StartsWith("not enough memory: failed to allocate", StringComparison.Ordinal)
        || error.StartsWith("not enough memory: unable to allocate", StringComparison.Ordinal)
        || error.StartsWith("encountered an error while trying to fit", StringComparison.Ordinal)
        || error.Contains("failed to load model, '", StringComparison.Ordinal)
        || error.StartsWith("failed to apply template: std::exception", StringComparison.Ordinal)
        || error.Contains("chat template parsing error: std::exception", StringComparison.Ordinal)
        || error.Contains("please consider disabling jinja", StringComparison.Ordinal)
        || error.Contains("for example: --no-jinja", StringComparison.Ordinal)
        || IsTemplateHint(error);

    /// <summary>Whether an error only reports that a chat template is not supported. llama-server logs the reason separately, and loses that line if it exits first.</summary>
    public static bool IsTemplateHint(string error) => error.Contains("the supplied chat template is not supported", StringComparison.Ordinal);

    /// <summary>Whether the process always ends right after this error. A stack trace or the text of a template can follow, of any length.</summary>
    public static bool IsFatal(string error) =>
        error.Contains("GGML_ASSERT", StringComparison.Ordinal)
        || error.StartsWith(TemplateUnreadable, StringComparison.Ordinal)
        || (error.StartsWith(TemplateUnusable, StringComparison.Ordinal) && !IsConsequence(error) && !IsOpen(error))
        || error.Contains("terminate called", StringComparison.Ordinal)
        || error.StartsWith("what():", StringComparison.Ordinal)
        || DeviceErrors.Any(device => error.Contains(device, StringComparison.Ordinal))
        || IsAbort(error);

    /// <summary>Whether a reason that was made from <see cref="ErrorText"/> is a lack of memory.</summary>
    public static bool IsOutOfMemory(string reason) =>
        reason.Contains("not enough memory: ", StringComparison.Ordinal)
        || reason.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
        || reason.Contains("OutOfDeviceMemory", StringComparison.Ordinal)
        || reason.Contains("std::bad_alloc", StringComparison.Ordinal)
        || reason.Contains("when memory runs out", StringComparison.Ordinal);

    /// <summary>The error in the light of the one before it, where only both together say what failed.</summary>
    public static string Joined(string? before, string error)
    {
        if (before is null)
        {
            return error;
        }

        // "failed to apply template: Unable to generate parser …:", and lines later "Error: Jinja Exception: no".
        const string Detail = "Error: ";
        if (error.StartsWith(Detail, StringComparison.Ordinal) && IsOpen(before))
        {
            return $"{TemplateUnusable}{error[Detail.Length..]}";
        }

        // "failed to apply lora adapter: model arch and LoRA arch mismatch", and then which adapter it is.
        const string Adapter = "failed to apply lora adapter: ";
        return !error.StartsWith("failed to load lora adapter '", StringComparison.Ordinal) ? error
            : before.StartsWith(Adapter, StringComparison.Ordinal) ? $"{error}: {before[Adapter.Length..]}"
            : before.StartsWith("failed to open '", StringComparison.Ordinal) ? $"{error}: {before}"
            : error;
    }

    /// <summary>Whether the reason follows in a later line.</summary>
    private static bool IsOpen(string error) => error.Contains("Unable to generate parser for this template", StringComparison.Ordinal);

    /// <summary>Whether the line is one of the log, and its level.</summary>
    private static bool HasLevel(ReadOnlySpan<char> line, out char level)
    {
        var space = line.IndexOf(' ');
        var has = space > 0 && char.IsAsciiDigit(line[0]) && line.Length > space + 2 && line[space + 2] == ' ';
        level = has ? line[space + 1] : '\0';
        return has;
    }

    private static ReadOnlySpan<char> WithoutTimeStamp(ReadOnlySpan<char> text)
    {
        var space = text.IndexOf(' ');
        return space > 0 && text[..space].IndexOfAnyExcept("0123456789.") < 0 ? text[(space + 1)..] : text;
    }

    /// <summary>Whether the text is what ggml_abort prints: <c>/src/common.cpp:2248: text</c>.</summary>
    private static bool IsAbort(ReadOnlySpan<char> text)
    {
        var end = text.IndexOf(": ");
        var colon = end < 0 ? -1 : text[..end].LastIndexOf(':');
        if (colon < 0 || colon + 1 == end || text[(colon + 1)..end].IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            return false;
        }

        foreach (var extension in SourceFiles)
        {
            if (text[..colon].EndsWith(extension, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    // Callers already say that loading failed. A lack of memory is the reason that users look for.
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
        const string Template = "common_chat_templates_init: error: ";
        if (text.StartsWith(Template, StringComparison.Ordinal))
        {
            return $"{TemplateUnreadable}{text[Template.Length..]}";
        }

        foreach (var device in DeviceErrors)
        {
            if (text.StartsWith(device, StringComparison.Ordinal))
            {
                return Plain(text);
            }
        }

        var colon = text.IndexOf(": ");
        var message = colon is > 0 and < 60 && !text[..colon].TrimStart().StartsWith("error", StringComparison.Ordinal) ? text[(colon + 2)..] : text;
        return Plain(message.Trim());
    }
}
