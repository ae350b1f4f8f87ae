using System.CommandLine;

namespace SparseNas.Cli;

/// <summary>What every command is given: where to write, the clock, and the options that all commands share.</summary>
internal sealed class CommandContext(Terminal terminal, TimeProvider time)
{
    public TimeProvider Time { get; } = time;

    public Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "No progress on standard error.", Recursive = true };

    /// <summary>The terminal, quiet when the user asked for it.</summary>
    public Terminal Terminal(ParseResult parsed)
    {
        terminal.Quiet = parsed.GetValue(Quiet);
        return terminal;
    }

    /// <summary>
    /// Work that leaves nothing half done wherever it is abandoned: Ctrl-C ends the command at once, whatever the work is at.
    /// </summary>
    public static Task<int> Interruptible(Func<int> work, CancellationToken cancellation) => Task.Run(work, CancellationToken.None).WaitAsync(cancellation);

    public static Option<bool> JsonOption() => new("--json") { Description = "One JSON document on standard output." };

    public static Option<string?> DataOption() =>
        new("--data") { Description = "Folder of datasets (default: SPARSENAS_DATA, ./data, or shared/data above this folder).", HelpName = "DIR" };
}
