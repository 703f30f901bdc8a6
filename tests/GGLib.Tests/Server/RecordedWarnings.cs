using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GGLib.Tests.Server;

/// <summary>Keeps what a server logs as a warning or worse.</summary>
internal sealed class RecordedWarnings : ILoggerProvider
{
    public ConcurrentQueue<string> All { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Lines(this);

    public void Dispose()
    {
    }

    private sealed class Lines(RecordedWarnings warnings) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                warnings.All.Enqueue(formatter(state, exception));
            }
        }
    }
}
