using System.CommandLine;
using SparseNas.Boards;
using SparseNas.Cli.Deployment;
using SparseNas.Cli.Studies;
using SparseNas.Codegen.Costs;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Firmware;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Search;
using SparseNas.Simulator;
using SparseNas.Training.Data;

namespace SparseNas.Cli.Commands;

/// <summary><c>sparsenas deploy</c>: a front member becomes a firmware project that was compiled and simulated before it is written.</summary>
internal static class DeployCommand
{
    public static Command Create(CommandContext context)
    {
        var folder = new Argument<string>("DIR") { Description = "The study's folder, such as runs/quickstart." };
        var trial = new Option<int?>("--trial") { Description = "The trial to deploy, by its number in the front.", HelpName = "N" };
        Option<FrontPick?> pick = ChoiceOption.Create<FrontPick>("--pick", "Or a member of the front: the best in one respect, or the knee (the default), which is good in all.");
        Option<string?> board = BoardOption.Create("The board; default: the study's own.");
        var heap = new Option<long?>("--reserve-heap") { Description = "Managed heap kept for your own application (default: as the study says).", HelpName = "BYTES" };
        var flash = new Option<long?>("--reserve-flash") { Description = "Deployment area kept for your own application (default: as the study says).", HelpName = "BYTES" };
        Option<EmissionGoal?> strategy = ChoiceOption.Create<EmissionGoal>(
            "--strategy", "Of the code: plain loops, auto (fast with modest memory, small where that does not fit; the default), small or fast.");
        var sdk = new Option<string>("--sdk") { Description = "v1: .nfproj for the stable nanoFramework 1.x; v2: SDK-style project for the 2.x preview.", DefaultValueFactory = _ => "v1" };
        sdk.AcceptOnlyFromAmong("v1", "v2");
        var softmax = new Option<bool>("--softmax") { Description = "The model also gives the probability of each class (Model.Softmax); without it the class alone, which needs none." };
        Option<LiveInput?> live = ChoiceOption.Create<LiveInput>(
            "--live", "After the self-test: serial, classify images from a serial port (the default where it fits); or own, the place for your code.");
        var output = new Option<string>("--out") { Description = "The project's folder.", Required = true, HelpName = "DIR" };
        Option<string?> data = CommandContext.DataOption();
        Option<bool> json = CommandContext.JsonOption();
        var command = new Command("deploy", "Writes a network of the front as a nanoFramework project, compiled and simulated first.")
        {
            folder, trial, pick, board, heap, flash, strategy, softmax, sdk, live, output, data, json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() =>
        {
            Terminal terminal = context.Terminal(parsed);
            StudyRecord record = StudyFolder.Read(parsed.GetRequiredValue(folder));
            var reserve = new Reserve(
                NotNegative("--reserve-heap", parsed.GetValue(heap) ?? record.Study.Reserve.HeapBytes), NotNegative("--reserve-flash", parsed.GetValue(flash) ?? record.Study.Reserve.FlashBytes));
            Trial chosen = Choose(record, parsed.GetValue(trial), parsed.GetValue(pick));
            BoardProfile profile = BoardOption.Resolve(parsed.GetValue(board) ?? record.Study.Board
                ?? throw new UsageException("--board: the study names no board, so one is needed; `sparsenas boards` lists them."));
            Dataset dataset = DatasetCatalog.Load(record.Study.Dataset.Name, parsed.GetValue(data));

            terminal.Note($"trial {chosen.Number}: generating, compiling and simulating for {profile.Name} …");
            FirmwareSdk line = parsed.GetValue(sdk) == "v2" ? FirmwareSdk.Preview : FirmwareSdk.Stable;
            var wish = new DeploymentWish(parsed.GetValue(strategy), parsed.GetValue(live), line, reserve);
            (BuiltFirmware firmware, FirmwareSimulation simulation) = wish.Fulfil(Deployable.Of(record, chosen, dataset).WithSoftmax(parsed.GetValue(softmax)), profile, cancellation, new SimulationProgress(terminal, context.Time));
            Check(simulation, profile, reserve, chosen.Number);

            FirmwareProject project = ModelApplication.Project(
                line == FirmwareSdk.Preview ? firmware.Model.WithWeightsInFlash(firmware.Generated) : firmware.Model, BoardDeployment.Of(profile), line, firmware.Live);
            string target = parsed.GetRequiredValue(output);
            FirmwareProjectWriter.Write(project, target);
            var report = DeploymentReport.Of(chosen, profile, firmware, simulation, target);
            if (parsed.GetValue(json)) JsonOutput.Write(terminal, report);
            else report.Print(terminal, CostReport.Lines(firmware.Generated.Cost), simulation.Application);
            if (parsed.GetValue(live) is null && firmware.Live == LiveInput.Own) terminal.Note($"{WithoutSerialPort(profile, line)}: Live.cs is the place for your own input.");
            PrintNext(terminal, project, target, parsed.GetValue(board) is { } named && named != profile.Name ? named : null);
            return ExitCode.Ok;
        }, CancellationToken.None));
        return command;
    }

    /// <summary>What to do with the folder, as commands to paste.</summary>
    private static void PrintNext(Terminal terminal, FirmwareProject project, string target, string? boardFile)
    {
        BoardCommands commands = BoardCommands.Of(project);
        string readme = Path.Combine(target, "README.md");
        if (project.Sdk == FirmwareSdk.Preview)
        {
            terminal.Note("Simulated was the same program as 1.x runs it: there is no simulator of the 2.x preview, where reading weights from flash takes longer.");
            terminal.Note($"Next: build it in its folder and flash it; {readme} says what that needs, and what the board answers:");
        }
        else
        {
            terminal.Note("Next: simulate it again after changes,");
            terminal.Note($"  {Shell.Tool} simulate {Shell.Quote(target)}{(boardFile is null ? "" : $" --board {Shell.Quote(boardFile)}")}");
            terminal.Note($"or build it in its folder and flash it; {readme} says what that needs, and what the board answers:");
        }

        foreach (string command in commands.Build.Prepend($"cd {Shell.Quote(target)}").Append(commands.Install).Append(commands.Deploy)) terminal.Note("  " + command);
    }

    private static string WithoutSerialPort(BoardProfile board, FirmwareSdk line) => (board.Has(BoardDeployment.SerialPortApi), line) switch
    {
        (false, _) => $"The firmware of {board.Name} has no serial ports for programs",
        (_, FirmwareSdk.Preview) => "No package of the 2.x preview for serial ports is known here",
        _ => "There is no room for a serial port's libraries",
    };

    private static long NotNegative(string option, long value) =>
        value >= 0 ? value : throw new UsageException($"{option}: 0 or more bytes are needed, but got {value}.");

    /// <summary>A scored trial by its number, or a member of the front.</summary>
    internal static Trial Choose(StudyRecord record, int? number, FrontPick? pick)
    {
        if (number is not null && pick is not null) throw new UsageException("--trial and --pick exclude each other.");
        if (number is { } wanted)
        {
            return record.Trials.FirstOrDefault(trial => trial.Number == wanted && trial.Score is not null)
                ?? throw new UsageException($"--trial: study '{record.Study.Name}' has no scored trial {wanted}; on its front are {string.Join(", ", record.Front.Members.Select(member => member.Number))}.");
        }

        return record.Front.Pick(pick ?? FrontPick.Knee)
            ?? throw new NothingFitsException($"The front of study '{record.Study.Name}' is empty: none of its {record.Trials.Length} trials is within the study's limits.");
    }

    /// <summary>Refuses what does not fit, naming every limit that is broken.</summary>
    private static void Check(FirmwareSimulation simulation, BoardProfile board, Reserve reserve, int trial)
    {
        if (!simulation.Fits)
        {
            IEnumerable<string> broken = simulation.Limits.Where(limit => !limit.Fits).Select(limit =>
                $"  {limit.Name}: {Units.Grouped(limit.Used)} needed{Reserved(limit.Name, reserve)}, {Units.Grouped(limit.Available)} available");
            throw new NothingFitsException(
                $"Trial {trial} does not fit {board.Name}; nothing was written:{Environment.NewLine}{string.Join(Environment.NewLine, broken)}");
        }

        if (simulation.Problem is { } problem)
        {
            throw new InvalidOperationException(
                $"The firmware is wrong in the simulator, which is a defect of the generator: {problem}. Nothing was written. The device would print:{Environment.NewLine}{simulation.Application.Console}");
        }
    }

    private static string Reserved(string limit, Reserve reserve)
    {
        long bytes = limit switch { "managedHeapBytes" => reserve.HeapBytes, "deploymentBytes" => reserve.FlashBytes, _ => 0 };
        return bytes == 0 ? "" : $" (of which {Units.Grouped(bytes)} are reserved)";
    }
}
