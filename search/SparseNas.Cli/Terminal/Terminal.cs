using Spectre.Console;

namespace SparseNas.Cli;

/// <summary>
/// Where a command writes: data to standard output, progress and errors to standard error. Everything a command prints goes through here, so
/// that tests can read it and <c>--quiet</c> and <c>NO_COLOR</c> hold everywhere.
/// </summary>
internal sealed class Terminal
{
    private readonly TextWriter output;
    private readonly TextWriter error;
    private readonly int? outputWidth;

    public Terminal(TextWriter output, TextWriter error, bool outputIsTerminal, bool errorIsTerminal, bool color)
    {
        this.output = output;
        this.error = error;
        ErrorIsTerminal = errorIsTerminal;
        outputWidth = outputIsTerminal ? Console(output, outputIsTerminal, color).Profile.Width : null;
        Progress = Console(error, errorIsTerminal, color);
    }

    /// <summary>Live progress on standard error.</summary>
    public IAnsiConsole Progress { get; }

    /// <summary>Whether standard error is watched by a person, so that progress may redraw itself.</summary>
    public bool ErrorIsTerminal { get; }

    /// <summary>No progress at all.</summary>
    public bool Quiet { get; set; }

    public static Terminal FromProcess()
    {
        bool color = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new Terminal(
            System.Console.Out, System.Console.Error, !System.Console.IsOutputRedirected, !System.Console.IsErrorRedirected, color);
    }

    /// <summary>One line of data, exactly as given.</summary>
    public void WriteLine(string line = "") => output.WriteLine(line);

    /// <summary>A table of data, as wide as the terminal at most.</summary>
    public void Write(TextTable table)
    {
        foreach (string line in table.Lines(outputWidth)) output.WriteLine(line);
    }

    /// <summary>Data exactly as given, without a line end of its own.</summary>
    public void Write(string text) => output.Write(text);

    /// <summary>One line of progress, unless quiet.</summary>
    public void Note(string line)
    {
        if (!Quiet) error.WriteLine(line);
    }

    /// <summary>Takes back the line that progress is on, so that the next one starts where it did.</summary>
    public void EraseProgressLine() => error.Write("\r" + new string(' ', Math.Max(Progress.Profile.Width - 1, 0)) + "\r");

    /// <summary>An error is never quiet.</summary>
    public void Error(string paragraph) => error.WriteLine(paragraph);

    private static IAnsiConsole Console(TextWriter writer, bool isTerminal, bool color)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal && color ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal && color ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal) console.Profile.Width = RedirectedWidth;   // a file has no right edge to wrap at
        return console;
    }

    private const int RedirectedWidth = 400;
}
