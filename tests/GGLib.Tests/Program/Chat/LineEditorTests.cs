using GGLib.Chat.Editing;
using GGLib.Rendering;

namespace GGLib.Tests.Program.Chat;

public sealed class LineEditorTests : IDisposable
{
    private const string Paste = "\e[200~";
    private const string PasteEnd = "\e[201~";

    private readonly string _folder = Directory.CreateTempSubdirectory("gglib-test-").FullName;
    private readonly ScriptedKeyboard _keyboard = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };

    private string HistoryPath => Path.Combine(_folder, "home", "history");

    public void Dispose()
    {
        _keyboard.Dispose();
        _output.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("hello\r", "hello")]
    [InlineData("hllo\u0001\e[Ce\r", "hello")]
    [InlineData("ello\e[Hh\e[F!\r", "hello!")]
    [InlineData("one two three\u0017\u0017four\r", "one four")]
    [InlineData("one two\e[D\e[D\e[D\u000b\r", "one ")]
    [InlineData("one two\e[D\e[D\e[D\u0015\r", "two")]
    [InlineData("one two\eb\u0004\r", "one wo")]
    [InlineData("日本語\u007f\e[D\u007f\r", "本")]
    [InlineData("a👩‍👩‍👧b\u007f\u007fc\r", "ac")]
    [InlineData("e\u0301x\e[D\u007f\r", "x")]
    [InlineData("👍\e[D>\r", ">👍")]
    [InlineData("a\nb\e\rc\r", "a\nb\nc")]
    [InlineData("ab\ncd\e[A\e[DX\r", "aXb\ncd")]
    [InlineData("x" + Paste + "one\r\ntwo\rthree\e[31m" + PasteEnd + "y\r", "xone\ntwo\nthree[31my")]
    public async Task Keys_edit_the_line(string keys, string line)
    {
        var (outcome, text) = await ReadAsync(keys);
        Assert.Equal(LineOutcome.Entered, outcome);
        Assert.Equal(line, text);
    }

    [Theory]
    [InlineData("\u0004", "Ended")]
    [InlineData("text\u0003", "Interrupted")]
    [InlineData("text\u0004\r", "Entered")]
    public async Task A_line_ends_as_it_was_ended(string keys, string outcome) => Assert.Equal(outcome, (await ReadAsync(keys)).Outcome.ToString());

    [Fact]
    public async Task A_terminal_that_goes_ends_the_input()
    {
        _keyboard.Press("half a line").Close();
        Assert.Equal(LineOutcome.Ended, (await ReadAsync("")).Outcome);
    }

    [Fact]
    public async Task The_arrow_keys_bring_back_earlier_lines_and_the_one_begun()
    {
        var history = new History(HistoryPath);
        history.Add("first");
        history.Add("second\nof two \\n lines");
        history.Add("second\nof two \\n lines");
        Assert.Equal("first", (await ReadAsync("\e[A\e[A\e[A\r")).Text);
        Assert.Equal("new", (await ReadAsync("new\e[A\e[B\e[B\r")).Text);

        // A text with several lines is gone through line by line, then left.
        Assert.Equal("second\nof two \\n lines", (await ReadAsync("\e[A\r")).Text);
        Assert.Equal("first", (await ReadAsync("\e[A\e[A\e[A\r")).Text);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(HistoryPath));
        }
    }

    [Fact]
    public void What_is_not_to_be_kept_is_not_kept()
    {
        var history = new History(HistoryPath) { Keeps = false };
        history.Add("secret");
        Assert.False(File.Exists(HistoryPath));
        Assert.Equal(0, history.Count);
    }

    [Fact]
    public async Task Wide_characters_break_where_the_terminal_would_and_the_caret_is_behind_them()
    {
        _keyboard.Size = (10, 5);
        await ReadAsync("日本語日本語x\r");

        // ">>> " and three characters of two cells fill the row; the caret goes on at the next one.
        Assert.Contains(">>> 日本語\r\n日本語x", _output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\r\e[7C\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_row_puts_the_caret_on_the_next_one()
    {
        _keyboard.Size = (10, 5);
        await ReadAsync("123456\r");
        Assert.EndsWith(">>> 123456\r\n\r\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_text_higher_than_the_terminal_the_rows_around_the_caret_are_shown()
    {
        _keyboard.Size = (20, 3);
        await ReadAsync(Paste + "1\n2\n3\n4\n5" + PasteEnd + "\r");
        Assert.Contains("\e[J... 3\r\n... 4\r\n... 5", _output.ToString(), StringComparison.Ordinal);
    }

    private Task<(LineOutcome Outcome, string Text)> ReadAsync(string keys)
    {
        _keyboard.Press(keys);
        var screen = new Screen(_output, TextWriter.Null, isTerminal: true, colour: false);
        return new LineEditor(screen, _keyboard, new History(HistoryPath)).ReadAsync(">>> ", "... ", "", Limit.Token).Within();
    }
}
