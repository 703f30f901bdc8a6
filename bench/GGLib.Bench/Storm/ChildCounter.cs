using System.Diagnostics;
using System.Globalization;

namespace GGLib.Bench.Storm;

/// <summary>
/// Sees the children that a server starts, by looking for them all the time: the servers' own counts are believed nowhere. A load is a child whose command line names a model. For one server.
/// </summary>
internal sealed class ChildCounter : IDisposable
{
    private readonly int _parent;
    private readonly Thread _thread;
    private readonly Dictionary<int, Child> _seen = [];
    private volatile Child[] _now = [];
    private volatile bool _ended;

    public ChildCounter(int parent)
    {
        _parent = parent;
        _thread = new Thread(Look) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Children so far that loaded a model, in the order in which they were seen.</summary>
    public IReadOnlyList<Child> Loads
    {
        get
        {
            lock (_seen)
            {
                return [.. _seen.Values.Where(static child => child.Model is not null).OrderBy(static child => child.Seen)];
            }
        }
    }

    /// <summary>Other children so far.</summary>
    public IReadOnlyList<Child> Others
    {
        get
        {
            lock (_seen)
            {
                return [.. _seen.Values.Where(static child => child.Model is null)];
            }
        }
    }

    /// <summary>Most models that were loaded at once.</summary>
    public int Most { get; private set; }

    /// <summary>Those with a model that run now.</summary>
    public IReadOnlyList<Child> Now => _now;

    public void Dispose()
    {
        _ended = true;
        _thread.Join();
    }

    public static bool IsRunning(int process)
    {
        var stat = Text($"/proc/{process}/stat");
        return stat.Length > 0 && stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
    }

    /// <summary>Processes of anybody, whose command line has a word in it.</summary>
    public static int[] Naming(string word) =>
        [.. Directory.GetDirectories("/proc").Select(static path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && id != Environment.ProcessId && Text($"/proc/{id}/cmdline").Contains(word, StringComparison.Ordinal) && IsRunning(id))];

    private static List<int> ChildrenOf(int parent)
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

        return children;
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
        var own = Text($"/proc/{_parent}/cmdline");
        while (!_ended)
        {
            var now = new List<Child>();
            foreach (var id in ChildrenOf(_parent))
            {
                // Between fork and exec a child has its parent's command line: what it will be is not known yet, and it is looked at again.
                var command = Text($"/proc/{id}/cmdline");
                if (command.Length == 0 || command == own || !IsRunning(id))
                {
                    continue;
                }

                string[] words = command.Split('\0');
                var model = Array.IndexOf(words, "--model") is >= 0 and var place && place + 1 < words.Length ? Path.GetFileNameWithoutExtension(words[place + 1]) : null;
                lock (_seen)
                {
                    // A shell or a wrapper becomes the engine without becoming another process.
                    if (!_seen.TryGetValue(id, out var child) || child.Model != model)
                    {
                        _seen[id] = child = new Child(id, model, string.Join(' ', words.TakeLast(6)).Trim(), child?.Seen ?? Stopwatch.GetTimestamp());
                    }

                    if (model is not null)
                    {
                        now.Add(child);
                    }
                }
            }

            Most = Math.Max(Most, now.Count);
            _now = [.. now];
            Thread.Sleep(2);
        }
    }
}
