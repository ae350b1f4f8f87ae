using SparseNas.Boards;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Search;
using SparseNas.Simulator;

namespace SparseNas.Cli.Deployment;

/// <summary>What <c>deploy</c> did, for people and as JSON.</summary>
internal sealed record DeploymentReport(
    int Trial, string Board, string Folder, int ArenaBytes, int WorkingMemoryPeakBytes, int HeapPeakBytes, int ImageBytes, LiveInput Live, double Cycles, double Milliseconds,
    double MillisecondsLow, double MillisecondsHigh, string CostTable, bool Fits, IReadOnlyList<Limit> Limits, int GoldenVectors)
{
    public static DeploymentReport Of(Trial trial, BoardProfile board, BuiltFirmware firmware, FirmwareSimulation simulation, string folder) => new(
        trial.Number, board.Name, folder, firmware.Generated.Plan.ArenaBytes, firmware.Generated.Plan.PeakBytes, simulation.HeapPeakBytes, simulation.Application.Report.ImageBytes, firmware.Live,
        simulation.Inference.Cycles.Expected, simulation.Inference.Milliseconds.Expected, simulation.Inference.Milliseconds.Low, simulation.Inference.Milliseconds.High,
        simulation.Inference.CostTable, simulation.Fits, simulation.Limits, firmware.Model.Golden.Length);

    public void Print(Terminal terminal, IEnumerable<string> layers, ProgramRun application)
    {
        terminal.WriteLine($"{Folder}: trial {Trial} for {Board}");
        terminal.WriteLine();
        foreach (string line in layers) terminal.WriteLine("  " + line);
        terminal.WriteLine();
        terminal.WriteLine("  in the simulator the device prints:");
        foreach (string line in application.Console.TrimEnd('\n').Split('\n')) terminal.WriteLine("    " + line);
        if (Live == LiveInput.Serial) terminal.WriteLine($"  and answers an image on its serial port:{Environment.NewLine}    {application.Serial.TrimEnd()}");
        terminal.WriteLine();
        foreach (Limit limit in Limits)
        {
            terminal.WriteLine($"  {limit.Name,-36} {Units.Grouped(limit.Used),12} of {Units.Grouped(limit.Available),12}  {Units.Grouped(limit.Headroom)} left");
        }

        terminal.WriteLine(
            $"  one inference {Units.Milliseconds(Milliseconds)} ({Units.Milliseconds(MillisecondsLow)} to {Units.Milliseconds(MillisecondsHigh)}), {Units.Grouped((long)Cycles)} cycles by cost table {CostTable}");
    }
}
