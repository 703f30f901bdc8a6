using GGLib.Configuration;
using Spectre.Console;

namespace GGLib.Rendering;

/// <summary>Where a verb writes: its output, and beside it what went wrong.</summary>
internal sealed class Screen
{
    private readonly TextWriter _output;
    private readonly TextWriter _error;

    public Screen(TextWriter output, TextWriter error, bool isTerminal, bool colour)
    {
        _output = output;
        _error = error;
        IsTerminal = isTerminal;
        Terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = colour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        Paint = new Paint(colour && Terminal.Profile.Capabilities.Ansi);
    }

    /// <summary>Whether a person looks at the output now; else a file or another program gets it, and it is plain.</summary>
    public bool IsTerminal { get; }

    /// <summary>For what moves or needs the width: tables and progress. Not for lines, which it would wrap.</summary>
    public IAnsiConsole Terminal { get; }

    public Paint Paint { get; }

    /// <summary>That of this process.</summary>
    public static Screen OfProcess(EnvironmentValues environment)
    {
        var terminal = !Console.IsOutputRedirected;

        // https://no-color.org: present and not empty.
        var colour = terminal && environment.Text("NO_COLOR") is null && environment.Text("TERM") is not "dumb";
        return new Screen(terminal ? Console.Out : ClosedOutput.Open(), Console.Error, terminal, colour);
    }

    /// <summary>A screen whose output goes beside the output: for what a verb does on the way to its own.</summary>
    public Screen Aside() => new(_error, _error, IsTerminal, colour: false);

    /// <summary>A screen whose output nobody sees.</summary>
    public Screen Silent() => new(TextWriter.Null, _error, isTerminal: false, colour: false);

    /// <summary>Output.</summary>
    public void Line(string text = "") => _output.WriteLine(text);

    /// <summary>Output without an end of line.</summary>
    public void Write(string text)
    {
        _output.Write(text);
        _output.Flush();
    }

    /// <summary>Something the user should know that is not the output.</summary>
    public void Note(string text) => _error.WriteLine($"gglib: {text}");

    /// <summary>A line beside the output that is no message: figures that were asked for.</summary>
    public void Detail(string text) => _error.WriteLine(text);

    /// <summary>Says why a verb ends.</summary>
    /// <returns>The exit code.</returns>
    public int Fail(CommandFailure failure)
    {
        Note(failure.Message);
        return failure.Code;
    }
}
