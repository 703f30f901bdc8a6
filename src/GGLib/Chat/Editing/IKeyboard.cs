using System.Threading.Channels;

namespace GGLib.Chat.Editing;

/// <summary>Keys as they are pressed. Disposing gives the terminal back as it was.</summary>
internal interface IKeyboard : IDisposable
{
    /// <summary>Completes when the terminal has gone.</summary>
    ChannelReader<Key> Keys { get; }

    /// <summary>While set, Ctrl-C calls it, from any thread, and is no key.</summary>
    Action? Interrupted { get; set; }

    /// <summary>Columns and rows of the terminal now.</summary>
    (int Width, int Height) Size { get; }
}
