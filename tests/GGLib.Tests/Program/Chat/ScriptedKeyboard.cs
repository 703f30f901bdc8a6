using System.Text;
using System.Threading.Channels;
using GGLib.Chat.Editing;

namespace GGLib.Tests.Program.Chat;

/// <summary>A keyboard that the test presses, as the bytes a terminal sends.</summary>
internal sealed class ScriptedKeyboard : IKeyboard
{
    private readonly Channel<Key> _keys = Channel.CreateUnbounded<Key>();
    private readonly KeyDecoder _decoder = new();

    public ChannelReader<Key> Keys => _keys.Reader;

    public Action? Interrupted { get; set; }

    public (int Width, int Height) Size { get; set; } = (80, 24);

    public ScriptedKeyboard Press(string bytes)
    {
        foreach (var key in _decoder.Decode(Encoding.UTF8.GetBytes(bytes)))
        {
            if (key.Kind is KeyKind.Interrupt && Interrupted is { } interrupted)
            {
                interrupted();
            }
            else
            {
                _keys.Writer.TryWrite(key);
            }
        }

        return this;
    }

    /// <summary>The terminal goes away behind the last key.</summary>
    public ScriptedKeyboard Close()
    {
        _keys.Writer.TryComplete();
        return this;
    }

    public void Dispose() => Close();
}
