using GGLib.Rendering;

namespace GGLib.Logging;

/// <summary>Log entries as single lines on standard error: our own warnings and errors, with <c>GGLIB_DEBUG</c> everything of ours.</summary>
internal sealed class ErrorLines(Screen screen, bool debug) : ILoggerProvider
{
    public static void AddTo(ILoggingBuilder logging, Screen screen, bool debug) => logging
        .SetMinimumLevel(LogLevel.Error)
        .AddFilter("GGLib", debug ? LogLevel.Debug : LogLevel.Warning)

        // What the framework calls an error is a bug of ours; the rest of what it says is not for a user.
        .AddFilter("Microsoft", LogLevel.Error)
        .AddProvider(new ErrorLines(screen, debug));

    public ILogger CreateLogger(string categoryName) => new Line(screen, debug);

    public void Dispose()
    {
    }

    private sealed class Line(Screen screen, bool debug) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = SafeText.OneLine(formatter(state, exception), 2000);
            if (exception is not null)
            {
                text += debug ? $"{Environment.NewLine}{exception}" : $" ({SafeText.OneLine(exception.Message)})";
            }

            screen.Note(logLevel switch
            {
                LogLevel.Warning => "warning: " + text,
                LogLevel.Error or LogLevel.Critical => "error: " + text,
                _ => "debug: " + text,
            });
        }
    }
}
