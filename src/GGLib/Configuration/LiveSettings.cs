using GGLib.Engine.Launching;
using GGLib.Server;

namespace GGLib.Configuration;

/// <summary>
/// The settings of a server that runs. It follows the configuration file: a change applies to the next load of a model and to the next request, and open
/// answers are not touched. A file that is wrong changes nothing and is said once.
/// </summary>
internal sealed class LiveSettings : IEngineSettingsSource, IDisposable
{
    // Editors write in several steps: what counts is the file once it has been left alone.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    private readonly ConfigurationLocation _location;
    private readonly Func<ConfigurationFile?, Settings> _resolve;
    private readonly Func<Settings, CommandFailure?> _check;
    private readonly Action<string> _tell;
    private readonly ITimer _timer;
    private readonly FileSystemWatcher? _watcher;
    private readonly Lock _reading = new();
    private volatile Settings _settings;
    private byte[] _bytes;
    private string? _told;

    /// <param name="location">The file to follow.</param>
    /// <param name="first">What it was when the server started.</param>
    /// <param name="bytes">The file's bytes then.</param>
    /// <param name="resolve">Makes settings of a file.</param>
    /// <param name="check">What is wrong with settings for this server; null when nothing is.</param>
    /// <param name="tell">Tells the user a sentence.</param>
    /// <param name="time">The clock.</param>
    public LiveSettings(
        ConfigurationLocation location, Settings first, byte[] bytes, Func<ConfigurationFile?, Settings> resolve, Func<Settings, CommandFailure?> check, Action<string> tell, TimeProvider time)
    {
        _location = location;
        _settings = first;
        _bytes = bytes;
        _resolve = resolve;
        _check = check;
        _tell = tell;
        _timer = time.CreateTimer(_ => Reload(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _watcher = Watch();
    }

    /// <summary>Raised after each change that was taken over; from any thread.</summary>
    public event Action? Changed;

    public Settings Now => _settings;

    public EngineSettings Current => _settings.Engine;

    public EngineSettings For(string model) => _settings.EngineFor(model);

    /// <summary>How the server presents itself. The models' options, and the settings of their requests, follow the file.</summary>
    public ServerOptions Server(ServerAddress address) => _settings.Server(address) with
    {
        ModelOptions = model => _settings.OptionsOf(model),
        RewritesMessages = model => _settings.RewritesMessagesOf(model),
        RepairsToolCalls = model => _settings.ToolCallsOf(model).Repairs,
        ToolCallLoopLimit = model => _settings.ToolCallsOf(model).LoopLimit,
    };

    /// <summary>Looks at the file now, as if it had just changed.</summary>
    public void Reload()
    {
        lock (_reading)
        {
            if (!_location.Read().Succeeded(out var reading, out var failure))
            {
                TellOnce(failure.Message);
                return;
            }

            if (reading.Bytes.AsSpan().SequenceEqual(_bytes))
            {
                _told = null;
                return;
            }

            var next = _resolve(reading.File);
            if (_check(next) is { } wrong)
            {
                TellOnce(wrong.Message);
                return;
            }

            var before = _settings;
            (_settings, _bytes, _told) = (next, reading.Bytes, null);
            _tell($"{_location.Path} has changed{Differences(before, next)}");
        }

        Changed?.Invoke();
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _timer.Dispose();
    }

    private static string Differences(Settings before, Settings after)
    {
        var changed = ProgramSettings.All.Where(setting => before[setting].Winner.Text != after[setting].Winner.Text).ToList();
        var live = changed.Where(static setting => setting.IsLive).Select(setting => $"{setting.Name} is {after[setting].Winner.Text} from the next {(setting.IsPerRequest ? "request" : "load")} on");
        var fixedOnes = changed.Where(static setting => !setting.IsLive).Select(static setting => $"{setting.Name} needs a restart");
        List<string> all = [.. live, .. fixedOnes];
        if (Sections(before) != Sections(after))
        {
            all.Add("models have other settings from the next load on, and other options from the next request on");
        }

        return all.Count == 0 ? "." : ": " + string.Join("; ", all) + ".";
    }

    private static string Sections(Settings settings) => string.Join('\n', settings.File?.Sections.Select(static section =>
        $"{section.Pattern}: {string.Join(", ", section.Values.Concat(section.Options).Select(static pair => $"{pair.Key.Name}={pair.Value.Text}"))}") ?? []);

    private void TellOnce(string message)
    {
        if (_told != message)
        {
            _told = message;
            _tell($"{message} The settings stay as they were.");
        }
    }

    private FileSystemWatcher? Watch()
    {
        var folder = Path.GetDirectoryName(_location.Path)!;
        try
        {
            // The folder and not the file: editors put a new file in the old one's place.
            var watcher = new FileSystemWatcher(folder, Path.GetFileName(_location.Path))
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.CreationTime,
            };
            watcher.Changed += (_, _) => LookSoon();
            watcher.Created += (_, _) => LookSoon();
            watcher.Deleted += (_, _) => LookSoon();
            watcher.Renamed += (_, _) => LookSoon();
            watcher.Error += (_, _) => LookSoon();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // No folder, or the system has no watchers left.
            _tell($"Changes of {_location.Path} need a restart: {error.Message}");
            return null;
        }
    }

    private void LookSoon() => _timer.Change(Quiet, Timeout.InfiniteTimeSpan);
}
