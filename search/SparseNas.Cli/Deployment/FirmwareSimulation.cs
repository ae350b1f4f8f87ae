using System.Text;
using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Firmware;
using SparseNas.Networks;
using SparseNas.Simulator;

namespace SparseNas.Cli.Deployment;

/// <summary>What the simulator says of built firmware before anything is flashed.</summary>
/// <param name="Application">The whole application: boot, self-test, report lines.</param>
/// <param name="Inference">One inference by itself, after the boot.</param>
/// <param name="HeapPeakBytes">
/// What the managed heap holds at its worst, garbage left out: the smallest heap with which the whole application runs to its end.
/// </param>
/// <param name="Limits">Heap and deployment area with what is reserved for the user's own application.</param>
/// <param name="Console">What the device would print.</param>
/// <param name="SelfTest">The application's own lines, read back; null when it did not come that far.</param>
internal sealed record FirmwareSimulation(
    SimulationReport Application, SimulationReport Inference, int HeapPeakBytes, IReadOnlyList<Limit> Limits, string Console, DeviceRun? SelfTest)
{
    /// <summary>Heap for the inference by itself where the board's own is too small for it: its cycles are reported all the same.</summary>
    private const int AmpleHeapBytes = 4 << 20;

    /// <summary>Room for the heap's own header and one rounding block on top of what was used.</summary>
    private const int HeaderBytes = 64;

    public bool Fits => Limits.All(limit => limit.Fits);

    /// <summary>Whether every golden vector came out right in the simulator.</summary>
    public bool SelfTestPassed => SelfTest is { IsComplete: true } run && run.Passed == run.Vectors;

    public static FirmwareSimulation Of(BuiltFirmware firmware, BoardProfile board, Reserve reserve)
    {
        ReadOnlyMemory<byte>[] images = [.. firmware.Assemblies.Select(assembly => (ReadOnlyMemory<byte>)assembly.Image)];
        var console = new StringBuilder();
        SimulationReport application;
        using (SimulatedDevice device = Load(board, board.HeapBytes, images))
        {
            device.Console = text => console.Append(text);
            application = device.RunMain();
        }

        // What ran on the board's heap bounds the search; what did not fit is searched in an ample one.
        int ceilingBytes = application.Exception is null ? application.HeapPeakBytes + HeaderBytes : AmpleHeapBytes;
        int heapPeakBytes = MinimumHeap.Find(board, images, limitBytes: ceilingBytes, comparable: OutputWithoutFigures, scanBlocks: 0) ?? application.HeapPeakBytes;
        Limit[] limits =
        [
            new("managedHeapBytes", heapPeakBytes + reserve.HeapBytes, board.HeapBytes),
            new("deploymentBytes", application.ImageBytes + reserve.FlashBytes, board.DeploymentBytes.Whole),
            .. application.Limits.Where(limit => limit.Name is not ("managedHeapBytes" or "deploymentBytes")),
        ];
        return new FirmwareSimulation(
            application, SimulateInference(firmware, board, images), heapPeakBytes, limits, console.ToString(), DeviceLog.Parse(console.ToString()).Best);
    }

    /// <summary>The first golden vector, row by row as a device gets it.</summary>
    private static SimulationReport SimulateInference(BuiltFirmware firmware, BoardProfile board, ReadOnlyMemory<byte>[] images)
    {
        using SimulatedDevice device = Load(board, Math.Max(board.HeapBytes, AmpleHeapBytes), images);
        device.Start();
        device.Call($"{GeneratedModel.TypeName}.Reset");
        byte[] input = [.. firmware.Firmware.Golden[^1].Input];
        Shape shape = firmware.Firmware.Input;
        foreach (byte[] row in input.Chunk(shape.Width * shape.Channels)) device.Call($"{GeneratedModel.TypeName}.PushRow", row);
        device.Call($"{GeneratedModel.TypeName}.Run");
        return device.Report();
    }

    private static SimulatedDevice Load(BoardProfile board, long heapBytes, ReadOnlyMemory<byte>[] images)
    {
        var device = new SimulatedDevice(board, heapBytes);
        foreach (ReadOnlyMemory<byte> image in images) device.Load(image);
        return device;
    }

    /// <summary>Free bytes and ticks depend on the heap's size; everything else the program prints must not.</summary>
    private static string OutputWithoutFigures(string output) => string.Join(
        '\n', output.Split('\n').Where(line => !line.StartsWith("SPARSENAS HEAP", StringComparison.Ordinal) && !line.StartsWith("SPARSENAS TIME", StringComparison.Ordinal)
            && !line.StartsWith("SPARSENAS PROBE", StringComparison.Ordinal)));
}

/// <summary>Room kept for the user's own application.</summary>
/// <param name="HeapBytes">Managed heap.</param>
/// <param name="FlashBytes">Deployment area.</param>
internal sealed record Reserve(long HeapBytes, long FlashBytes);
