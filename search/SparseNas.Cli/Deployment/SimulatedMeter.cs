using SparseNas.Boards;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Quantization;
using SparseNas.Search;
using SparseNas.Simulator;
using SparseNas.Training.Data;

namespace SparseNas.Cli.Deployment;

/// <summary>
/// What a network takes on a board, found as <c>deploy</c> finds it: the firmware is generated, compiled and run in the simulator on ever smaller heaps, down to a kilobyte
/// above the smallest. Where it does not fit beside what the study reserves, the smallest heap itself says how much is missing.
/// </summary>
internal sealed class SimulatedMeter(Study study, Dataset dataset, BoardProfile board) : IDeploymentMeter
{
    /// <summary>A finer answer would take more runs than it is worth to every trial.</summary>
    private const int StepBytes = 1024;

    /// <inheritdoc/>
    public BoardRoom Room { get; } = new(board.HeapBytes, board.DeploymentBytes.Whole);

    /// <inheritdoc/>
    public DeploymentCost Measure(int trial, QuantizedNetwork network, Score score)
    {
        Deployable deployable = Deployable.Of(study, trial, network, score, dataset);
        BuiltFirmware? firmware = null;
        foreach (BuiltFirmware attempt in DeploymentWish.For(study.Reserve).Attempts(deployable, board))
        {
            if (Fitting(attempt) is { } cost) return cost;
            firmware = attempt;
        }

        FirmwareSimulation simulation = FirmwareSimulation.Of(firmware!, board, study.Reserve);
        return new DeploymentCost(simulation.HeapPeakBytes, simulation.Application.Report.ImageBytes, Room);
    }

    /// <summary>The cost of firmware that fits in what is left of the board; null when it does not.</summary>
    private DeploymentCost? Fitting(BuiltFirmware firmware)
    {
        long heapBytes = Room.HeapBytes - study.Reserve.HeapBytes;
        if (heapBytes <= 0 || Runs(firmware, heapBytes) is not { } run || run.ImageBytes + study.Reserve.FlashBytes > Room.FlashBytes) return null;
        long least = 0;
        while (heapBytes - least > StepBytes)
        {
            long middle = (least + heapBytes) / 2;
            if (Runs(firmware, middle) is null) least = middle;
            else heapBytes = middle;
        }

        return new DeploymentCost((int)heapBytes, run.ImageBytes, Room);
    }

    /// <summary>The report of a run to the end of the self-test within every limit of an assembly; null when it fails on so small a heap.</summary>
    private SimulationReport? Runs(BuiltFirmware firmware, long heapBytes)
    {
        byte[] serialInput = firmware.Live == LiveInput.Serial ? [.. firmware.Model.Golden[^1].Input] : [];
        try
        {
            ProgramRun run = ProgramRun.Of(firmware.Program, board, serialInput, heapBytes);
            bool fits = run.Report.Exception is null && run.SelfTest is { IsComplete: true }
                && run.Report.Limits.All(limit => limit.Fits || limit.Name is "managedHeapBytes" or "deploymentBytes");
            return fits ? run.Report : null;
        }
        catch (FirmwareFault fault) when (fault.IsOutOfMemory || heapBytes < board.HeapBytes)
        {
            return null;   // too small even for the boot, or memory ran out where the device goes on without a result and stumbles later
        }
    }
}
