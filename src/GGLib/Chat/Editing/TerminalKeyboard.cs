using System.Text;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace GGLib.Chat.Editing;

/// <summary>The keyboard of this process's terminal. A thread of its own reads, so that what is typed while an answer comes is not lost.</summary>
internal sealed class TerminalKeyboard : IKeyboard
{
    private const string BracketedPasteOn = "\e[?2004h";
    private const string BracketedPasteOff = "\e[?2004l";

    private readonly Channel<Key> _keys = Channel.CreateUnbounded<Key>();
    private readonly RawMode? _mode;
    private volatile Action? _interrupted;

    private TerminalKeyboard()
    {
        _mode = OperatingSystem.IsWindows() ? null : RawMode.Enter();
        Console.Out.Write(BracketedPasteOn);
        new Thread(OperatingSystem.IsWindows() ? ReadWindows : ReadUnix) { IsBackground = true, Name = "keyboard" }.Start();
    }

    public ChannelReader<Key> Keys
    {
        get
        {
            _mode?.Renew();
            return _keys.Reader;
        }
    }

    public Action? Interrupted
    {
        get => _interrupted;
        set => _interrupted = value;
    }

    public (int Width, int Height) Size => (Math.Max(Console.WindowWidth, 10), Math.Max(Console.WindowHeight, 3));

    public static IKeyboard Open() => new TerminalKeyboard();

    public void Dispose()
    {
        Console.Out.Write(BracketedPasteOff);
        _mode?.Dispose();
    }

    private void ReadUnix()
    {
        var decoder = new KeyDecoder();
        var buffer = new byte[4096];
        try
        {
            // Console's own stream would wait for a whole line.
            using var handle = new SafeFileHandle(0, ownsHandle: false);
            using var input = new FileStream(handle, FileAccess.Read, bufferSize: 0);
            while (input.Read(buffer) is > 0 and var count)
            {
                foreach (var key in decoder.Decode(buffer.AsSpan(0, count)))
                {
                    Press(key);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The terminal has gone.
        }

        _keys.Writer.TryComplete();
    }

    // Not a terminal's bytes: Windows tells keys, and its own paste comes as if typed.
    private void ReadWindows()
    {
        Console.TreatControlCAsInput = true;
        var decoder = new KeyDecoder();
        try
        {
            while (true)
            {
                var key = Console.ReadKey(intercept: true);
                var sequence = key.Key switch
                {
                    ConsoleKey.UpArrow => "\e[A",
                    ConsoleKey.DownArrow => "\e[B",
                    ConsoleKey.RightArrow => key.Modifiers is ConsoleModifiers.Control ? "\e[1;5C" : "\e[C",
                    ConsoleKey.LeftArrow => key.Modifiers is ConsoleModifiers.Control ? "\e[1;5D" : "\e[D",
                    ConsoleKey.Home => "\e[H",
                    ConsoleKey.End => "\e[F",
                    ConsoleKey.Delete => "\e[3~",
                    ConsoleKey.Enter when key.Modifiers is not 0 => "\n",
                    _ when key.KeyChar is '\0' or '\e' => "",
                    _ => key.KeyChar.ToString(),
                };
                foreach (var decoded in decoder.Decode(Encoding.UTF8.GetBytes(sequence)))
                {
                    Press(decoded);
                }
            }
        }
        catch (InvalidOperationException)
        {
            _keys.Writer.TryComplete();
        }
    }

    private void Press(Key key)
    {
        if (key.Kind is KeyKind.Interrupt && _interrupted is { } interrupted)
        {
            interrupted();
        }
        else
        {
            _keys.Writer.TryWrite(key);
        }
    }
}
