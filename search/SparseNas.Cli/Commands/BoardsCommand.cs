using System.CommandLine;
using System.Globalization;
using SparseNas.Boards;
using SparseNas.Codegen.Firmware;

namespace SparseNas.Cli.Commands;

/// <summary><c>sparsenas boards [NAME]</c>: the boards and where their figures come from.</summary>
internal static class BoardsCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Argument<string?>("NAME") { Description = "One board, with every figure's source.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> json = CommandContext.JsonOption();
        var command = new Command("boards", "The board profiles: heap, flash, clock, and where each figure comes from.") { name, json };
        command.SetAction(parsed =>
        {
            Terminal terminal = context.Terminal(parsed);
            BoardProfile[] boards = parsed.GetValue(name) is { } one ? [BoardOption.Resolve(one)] : [.. BoardCatalog.Default.All];
            if (parsed.GetValue(json)) JsonOutput.Write(terminal, boards.Select(Describe));
            else if (parsed.GetValue(name) is not null) PrintOne(terminal, boards[0]);
            else PrintAll(terminal, boards);
            return ExitCode.Ok;
        });
        return command;
    }

    private static object Describe(BoardProfile board) => new
    {
        board.Name,
        board.Description,
        board.Core,
        board.ClockHz,
        board.RamBytes,
        board.ManagedHeapBytes,
        board.FlashBytes,
        board.DeploymentBytes,
        board.SlowHeapFactor,
        board.ActiveMilliwatts,
        board.FloatingPoint,
        board.Apis,
        board.SerialPort,
        board.DeploymentAddress,
        CostTable = board.CostTable.Title,
    };

    private static void PrintAll(Terminal terminal, IEnumerable<BoardProfile> boards)
    {
        var table = new TextTable("board", "core", "clock", "heap", "deployment", "cost table") { Words = [0, 1, 5] };
        foreach (BoardProfile board in boards)
        {
            table.Add(
                board.Name, board.Core, $"{Mark(board.ClockHz)}{board.ClockHz.Value / 1e6:0} MHz", Mark(board.ManagedHeapBytes) + Units.Bytes(board.HeapBytes),
                Mark(board.DeploymentBytes) + Units.Bytes(board.DeploymentBytes.Whole), board.CostTable.Title + (board.CostTable.Estimated ? " (estimate)" : ""));
        }

        terminal.Write(table);
        terminal.WriteLine("  < upper bound   ~ estimate   `sparsenas boards NAME` shows the source of every figure");
    }

    private static void PrintOne(Terminal terminal, BoardProfile board)
    {
        terminal.WriteLine($"{board.Name}: {board.Description}");
        var table = new TextTable("figure", "value", "is", "source") { Words = [0, 2, 3] };
        void Row(string what, string value, Figure figure) => table.Add(what, value, Word(figure.Accuracy), figure.Source);
        Row("clock", $"{(board.ClockHz.Value / 1e6).ToString("0.###", CultureInfo.InvariantCulture)} MHz", board.ClockHz);
        Row("RAM", Units.Bytes(board.RamBytes.Whole), board.RamBytes);
        Row("managed heap", Units.Grouped(board.ManagedHeapBytes.Whole) + " B", board.ManagedHeapBytes);
        Row("flash", Units.Bytes(board.FlashBytes.Whole), board.FlashBytes);
        Row("deployment area", Units.Grouped(board.DeploymentBytes.Whole) + " B", board.DeploymentBytes);
        Row("slow heap factor", Units.Plain(board.SlowHeapFactor.Value), board.SlowHeapFactor);
        if (board.ActiveMilliwatts is { } power) Row("active power", $"{Units.Plain(power.Value)} mW", power);
        terminal.Write(table);
        terminal.WriteLine($"  core {board.Core}, floating point {board.FloatingPoint}, cost table {board.CostTable.Title}");
        terminal.WriteLine($"  libraries: {string.Join(", ", board.Apis)}");
        if (board.Has(BoardDeployment.SerialPortApi)) terminal.WriteLine($"  serial port: {board.SerialPort}");
        if (board.DeploymentAddress is { } address) terminal.WriteLine($"  deployment address: {address}");
    }

    private static string Mark(Figure figure) => figure.Accuracy switch { Accuracy.Exact => "", Accuracy.UpperBound => "<", _ => "~" };

    private static string Word(Accuracy accuracy) => accuracy switch { Accuracy.Exact => "exact", Accuracy.UpperBound => "upper bound", _ => "estimate" };
}
