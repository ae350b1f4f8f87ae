using System.CommandLine;
using System.Text;
using SparseNas.Boards;
using SparseNas.Cli.Deployment;
using SparseNas.Codegen.Firmware;
using SparseNas.Simulator;

namespace SparseNas.Cli.Commands;

/// <summary><c>sparsenas simulate</c>: runs code under a board's rules and says whether it fits and how long it takes.</summary>
internal static class SimulateCommand
{
    public static Command Create(CommandContext context)
    {
        var inputs = new Argument<string[]>("CODE") { Description = "A firmware folder, an assembly (.dll, .exe) or C# files compiled together.", Arity = ArgumentArity.OneOrMore };
        Option<string?> board = BoardOption.Create("The board whose rules apply; a firmware folder says itself which it is for.");
        var entry = new Option<string?>("--entry") { Description = "A static method without parameters to run instead of Main.", HelpName = "Type.Method" };
        var heap = new Option<long?>("--heap") { Description = "A managed heap of exactly this size.", HelpName = "BYTES" };
        var minHeap = new Option<bool>("--min-heap") { Description = "Also search the smallest heap with which the program ends in the same way." };
        var budget = new Option<long>("--budget") { Description = "IL instructions after which the program counts as endless.", DefaultValueFactory = _ => 20_000_000_000 };
        var serial = new Option<string?>("--serial") { Description = "Bytes that arrive on the serial port, such as images row after row.", HelpName = "FILE" };
        var timeline = new Option<string?>("--timeline") { Description = "Also draw the heap over time.", HelpName = "FILE.svg" };
        var stacks = new Option<string?>("--stacks") { Description = "Also write folded call stacks for flame graphs.", HelpName = "FILE" };
        Option<bool> json = CommandContext.JsonOption();
        var command = new Command("simulate", "Runs code under a board's rules: does it fit, how long does it take, where does the heap go.")
        {
            inputs, board, entry, heap, minHeap, serial, budget, timeline, stacks, json,
        };
        command.SetAction((parsed, cancellation) => CommandContext.Interruptible(() =>
        {
            Terminal terminal = context.Terminal(parsed);
            string[] paths = parsed.GetRequiredValue(inputs);
            BoardProfile profile = BoardOption.Resolve(parsed.GetValue(board) ?? (paths is [var folder] ? FirmwareProjectWriter.BoardOf(folder) : null)
                ?? throw new UsageException("--board: a board is needed, because what is simulated does not say which it is for; `sparsenas boards` lists them."));
            string? method = parsed.GetValue(entry);
            ProgramImages program = ProgramImages.Load(paths, method);
            byte[] arriving = parsed.GetValue(serial) is { } file ? ReadSerialInput(file) : [];
            SimulationReport report = Run(terminal, program, profile, new Conditions(parsed.GetValue(heap), method, parsed.GetValue(budget), arriving), parsed.GetValue(json));
            if (parsed.GetValue(minHeap)) report = report with { MinHeapBytes = MinimumHeap.Find(profile, program.Images, parsed.GetValue(budget), serialInput: arriving) };
            if (parsed.GetValue(timeline) is { } picture) File.WriteAllText(picture, TimelineSvg.Draw(report));
            if (parsed.GetValue(stacks) is { } folded) File.WriteAllText(folded, ReportText.FoldedStacks(report));
            if (parsed.GetValue(json)) terminal.WriteLine(ReportJson.Write(report));
            else terminal.WriteLine(ReportText.Write(report));
            return Judge(terminal, report);
        }, cancellation));
        return command;
    }

    /// <summary>Under which conditions a program runs.</summary>
    /// <param name="HeapBytes">Managed heap, or null for the board's.</param>
    /// <param name="Entry">Method to run, or null for Main.</param>
    /// <param name="BudgetOpcodes">IL instructions after which it counts as endless.</param>
    /// <param name="SerialInput">What arrives on its serial port.</param>
    private sealed record Conditions(long? HeapBytes, string? Entry, long BudgetOpcodes, byte[] SerialInput);

    private static byte[] ReadSerialInput(string path) =>
        File.Exists(path) ? File.ReadAllBytes(path) : throw new UsageException($"--serial: the file '{path}' does not exist.");

    /// <summary>Without an entry <c>Main</c> runs and what it prints and sends is data, unless the data is to be one JSON document.</summary>
    private static SimulationReport Run(Terminal terminal, ProgramImages program, BoardProfile board, Conditions conditions, bool json)
    {
        long? heapBytes = conditions.HeapBytes;
        if (heapBytes is < 1024 or > 64 << 20) throw new UsageException($"--heap: 1,024 to 67,108,864 bytes are needed, but got {heapBytes}.");
        using var device = new SimulatedDevice(board, heapBytes) { BudgetOpcodes = conditions.BudgetOpcodes };
        if (conditions.Entry is null && !json)
        {
            device.Console = text => terminal.Write(text);
            device.SerialOutput = bytes => terminal.Write(Encoding.ASCII.GetString(bytes));
        }

        foreach ((ReadOnlyMemory<byte> image, ReadOnlyMemory<byte> symbols) in program.Images.Zip(program.Symbols)) device.Load(image, symbols: symbols);
        device.SerialInput(conditions.SerialInput);
        try
        {
            return conditions.Entry is { } entry ? device.Run(entry) : device.RunMain();
        }
        catch (FirmwareFault fault) when (fault.IsOutOfMemory)
        {
            throw new NothingFitsException($"managedHeapBytes: {Units.Grouped(heapBytes ?? board.HeapBytes)} available, and the program cannot even start: {fault.Message}");
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"--entry: {exception.Message}");
        }
    }

    private static int Judge(Terminal terminal, SimulationReport report)
    {
        if (report.Fits) return ExitCode.Ok;
        foreach (Limit limit in report.Limits.Where(limit => !limit.Fits))
        {
            terminal.Error($"{limit.Name}: {Units.Grouped(limit.Used)} needed, {Units.Grouped(limit.Available)} available");
        }

        if (report.Limits.All(limit => limit.Fits)) terminal.Error($"managedHeapBytes: {Units.Grouped(report.HeapBytes)} available, and the program ran out of memory ({report.Exception})");
        return ExitCode.NothingFits;
    }
}
