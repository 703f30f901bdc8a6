using System.Text;
using GGLib.Chat.Editing;

namespace GGLib.Tests.Program.Chat;

public sealed class KeyDecoderTests
{
    [Theory]
    [InlineData("\e[A", "Up")]
    [InlineData("\eOA", "Up")]
    [InlineData("\e[H", "Home")]
    [InlineData("\e[1~", "Home")]
    [InlineData("\eOF", "End")]
    [InlineData("\e[3~", "Delete")]
    [InlineData("\e[1;5C", "WordRight")]
    [InlineData("\eb", "WordLeft")]
    [InlineData("\e\r", "NewLine")]
    [InlineData("\n", "NewLine")]
    [InlineData("\r", "Enter")]
    [InlineData("\u007f", "Backspace")]
    [InlineData("\u0003", "Interrupt")]
    [InlineData("\u0017", "KillWord")]
    [InlineData("\e[99;99~\e[I\eOP\u001a", "")]
    public void A_key_is_what_a_terminal_sends_for_it(string bytes, string kind) =>
        Assert.Equal(kind, string.Join(',', new KeyDecoder().Decode(Encoding.UTF8.GetBytes(bytes)).Select(static key => key.Kind.ToString())));

    [Fact]
    public void Bytes_may_be_cut_anywhere()
    {
        var bytes = Encoding.UTF8.GetBytes("é日👍\e[D\e[200~one\r\ntwo \e[A 👩‍👩‍👧\e[201~\e[1;5D\r");
        Key[] whole = [.. new KeyDecoder().Decode(bytes)];
        Assert.Equal(
            [new(KeyKind.Text, "é日"), new(KeyKind.Text, "👍"), new(KeyKind.Left), new(KeyKind.Paste, "one\r\ntwo \e[A 👩‍👩‍👧"), new(KeyKind.WordLeft), new(KeyKind.Enter)],
            whole);
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            var decoder = new KeyDecoder();
            Assert.Equal(Joined(whole), Joined([.. decoder.Decode(bytes.AsSpan(0, cut)), .. decoder.Decode(bytes.AsSpan(cut))]));
        }

        // Where a text is cut it comes in two pieces.
        static string Joined(IEnumerable<Key> keys) => string.Concat(keys.Select(static key => key.Kind is KeyKind.Text ? key.Text : $"<{key.Kind}:{key.Text}>"));
    }
}
