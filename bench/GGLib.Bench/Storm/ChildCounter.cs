using System.Globalization;

namespace GGLib.Bench.Storm;

/// <summary>Counts the children that a server starts, by looking for them all the time: the servers' own counts are believed nowhere. For one run.</summary>
internal sealed class ChildCounter : IDisposable
{
    private readonly int _parent;
    private readonly Thread _thread;
    private readonly HashSet<int> _seen = [];
    private volatile int[] _now = [];
    private volatile bool _ended;

    public ChildCounter(int parent)
    {
        _parent = parent;
        _thread = new Thread(Look) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Children started so far.</summary>
    public int Started
    {
        get
        {
            lock (_seen)
            {
                return _seen.Count;
            }
        }
    }

    /// <summary>Most that ran at once.</summary>
    public int Most { get; private set; }

    /// <summary>Those that run now.</summary>
    public IReadOnlyList<int> Now => _now;

    public void Dispose()
    {
        _ended = true;
        _thread.Join();
    }

    /// <summary>The llama-servers among the children of a process; those that have ended and were not collected are left out.</summary>
    public static int[] ChildrenOf(int parent)
    {
        var children = new List<int>();
        try
        {
            foreach (var task in Directory.GetDirectories($"/proc/{parent}/task"))
            {
                children.AddRange(Text(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static id => int.Parse(id, CultureInfo.InvariantCulture)));
            }
        }
        catch (IOException)
        {
            // It has ended.
        }

        return [.. children.Where(static child => IsRunning(child) && Text($"/proc/{child}/cmdline").Contains("llama-server", StringComparison.Ordinal))];
    }

    public static bool IsRunning(int process)
    {
        var stat = Text($"/proc/{process}/stat");
        return stat.Length > 0 && stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
    }

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private void Look()
    {
        while (!_ended)
        {
            var children = ChildrenOf(_parent);
            lock (_seen)
            {
                _seen.UnionWith(children);
            }

            Most = Math.Max(Most, children.Length);
            _now = children;
            Thread.Sleep(5);
        }
    }
}
