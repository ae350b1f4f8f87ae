using System.CommandLine;
using SparseNas.Cli.Commands;

namespace SparseNas.Cli;

/// <summary>The command line: parses, composes stages, prints. It holds no algorithm.</summary>
internal static class SparseNasCommandLine
{
    /// <summary>Time a command has to save its work after Ctrl-C.</summary>
    private static readonly TimeSpan GraceAfterCancel = TimeSpan.FromSeconds(20);

    public static async Task<int> InvokeAsync(
        IReadOnlyList<string> arguments, Terminal terminal, TimeProvider time, CancellationToken cancellation = default)
    {
        RootCommand root = Build(new CommandContext(terminal, time), terminal);
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (System.CommandLine.Parsing.ParseError problem in parsed.Errors) terminal.Error(problem.Message);
            terminal.Error($"Try: sparsenas {string.Join(' ', CommandPath(parsed))} --help".Replace("  ", " "));
            return ExitCode.Usage;
        }

        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = GraceAfterCancel,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellation);
        }
        catch (Exception exception) when (Failure.IsExpected(exception))
        {
            return Failure.Report(exception, terminal);
        }
    }

    private static RootCommand Build(CommandContext context, Terminal terminal)
    {
        var root = new RootCommand(
            "Finds convolutional networks that fit a microcontroller running .NET nanoFramework, and proves that they fit.");
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction(terminal);
        root.Options.Add(context.Quiet);
        foreach (Command command in AllCommands.Of(context)) root.Subcommands.Add(command);
        return root;
    }

    private static IEnumerable<string> CommandPath(ParseResult parsed)
    {
        List<string> names = [];
        for (var at = parsed.CommandResult; at is not null && at.Command is not RootCommand; at = at.Parent as System.CommandLine.Parsing.CommandResult)
        {
            names.Insert(0, at.Command.Name);
        }

        return names;
    }
}
