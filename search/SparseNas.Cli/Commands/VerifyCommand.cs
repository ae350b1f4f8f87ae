using System.CommandLine;
using System.Globalization;
using SparseNas.Boards;
using SparseNas.Cli.Deployment;
using SparseNas.Codegen.Firmware;

namespace SparseNas.Cli.Commands;

/// <summary><c>sparsenas verify [DIR] --log FILE</c>: a board's own log beside the simulator's prediction, and what it teaches about the board.</summary>
internal static class VerifyCommand
{
    public static Command Create(CommandContext context)
    {
        var folder = new Argument<string>("DIR") { Description = "The firmware project that the board runs.", DefaultValueFactory = _ => "." };
        var log = new Option<string>("--log") { Description = "What the board printed.", Required = true, HelpName = "FILE" };
        Option<string?> board = BoardOption.Create("The board; default: the one the project was written for.");
        var output = new Option<string?>("--out") { Description = "Writes what was learnt as a board file, to be given as --board.", HelpName = "FILE" };
        Option<bool> json = CommandContext.JsonOption();
        var command = new Command("verify", "Compares a board's log with the simulator and calibrates the board.") { folder, log, board, output, json };
        command.SetAction((parsed, cancellation) => CommandContext.Interruptible(() =>
        {
            Terminal terminal = context.Terminal(parsed);
            string project = parsed.GetRequiredValue(folder);
            BoardProfile profile = BoardOption.Resolve(parsed.GetValue(board) ?? FirmwareProjectWriter.BoardOf(project)
                ?? throw new UsageException($"--board: '{project}' does not say which board it is for; `sparsenas boards` lists them."));
            string path = parsed.GetRequiredValue(log);
            DeviceRun measured = ReadLog(path, terminal);
            ProgramImages program = ProgramImages.Read(project);
            DeviceRun Simulate(Calibration calibration)
            {
                cancellation.ThrowIfCancellationRequested();
                return Predict(program, profile with { Calibration = calibration });
            }

            terminal.Note($"simulating on {profile.Name} …");
            DeviceVerification verification = DeviceVerification.Compare(measured, Predict(program, profile));
            Calibration calibration = CalibrationFit.Fit(measured, Simulate, profile.ManagedHeapBytes.Whole, Path.GetFileName(path));
            if (parsed.GetValue(output) is { } target) WriteBoard(target, profile, calibration, terminal);
            if (parsed.GetValue(json)) JsonOutput.Write(terminal, new { board = profile.Name, verification.OutputsAgree, verification.WrongOutputs, verification.MissingOutputs, verification.Figures, calibration });
            else Print(terminal, verification, calibration);
            return verification.OutputsAgree ? ExitCode.Ok : ExitCode.Failure;
        }, cancellation));
        return command;
    }

    private static DeviceRun Predict(ProgramImages program, BoardProfile board) => ProgramRun.Of(program, board).SelfTest
        ?? throw new IOException("The program prints no line 'SPARSENAS BEGIN' in the simulator: it is no project that `sparsenas deploy` wrote.");

    private static DeviceRun ReadLog(string path, Terminal terminal)
    {
        if (!File.Exists(path)) throw new UsageException($"The log '{path}' does not exist.");
        DeviceLog log = DeviceLog.Parse(File.ReadAllText(path));
        if (log.Runs.Length > 1) terminal.Note($"the board booted {log.Runs.Length} times in this log; the last whole run counts");
        if (log.DamagedLines.Length > 0) terminal.Note($"{log.DamagedLines.Length} damaged lines passed over: {string.Join(", ", log.DamagedLines.Take(10))}");
        return log.Best ?? throw new IOException($"'{path}' holds no line 'SPARSENAS BEGIN': it is no log of this program's firmware.");
    }

    private static void WriteBoard(string target, BoardProfile board, Calibration calibration, Terminal terminal)
    {
        if (BoardCatalog.Default.TryFind(board.Name) is null)
        {
            throw new UsageException($"--out: '{board.Name}' is a board of your own; put the calibration into its file by hand, as --json shows it.");
        }

        File.WriteAllText(target, CalibrationFit.ToBoardJson(board.Name, calibration));
        terminal.Note($"Written: {target}. Give it as --board to simulate, deploy or search.");
    }

    private static void Print(Terminal terminal, DeviceVerification verification, Calibration calibration)
    {
        terminal.WriteLine(verification.OutputsAgree
            ? "Every golden output is right, to the last bit."
            : $"{verification.WrongOutputs.Length} wrong, {verification.MissingOutputs} missing golden outputs:");
        foreach (string wrong in verification.WrongOutputs) terminal.WriteLine("  " + wrong);
        var table = new TextTable("figure", "measured", "predicted", "difference") { Words = [0] };
        foreach (VerifiedFigure figure in verification.Figures)
        {
            table.Add(
                figure.What, Number(figure.Measured, figure.Unit), Number(figure.Predicted, figure.Unit),
                figure.RelativeDifference.ToString("+0.0 %;-0.0 %;0.0 %", CultureInfo.InvariantCulture));
        }

        terminal.Write(table);
        terminal.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"calibration: instructions x{calibration.InstructionFactor:0.00}, calls x{calibration.CallFactor:0.00}, memory x{calibration.MemoryFactor:0.00}, collections x{calibration.CollectionFactor:0.00}")
            + (calibration.ManagedHeapBytes is { } heap ? $", managed heap {Units.Grouped(heap)} B" : ""));
    }

    private static string Number(double value, string unit) => unit switch
    {
        "bytes" => Units.Grouped((long)value) + " B",
        _ => value.ToString("0.000", CultureInfo.InvariantCulture) + " " + unit,
    };
}
