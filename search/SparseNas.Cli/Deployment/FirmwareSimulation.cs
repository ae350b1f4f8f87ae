using System.Globalization;
using SparseNas.Boards;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Firmware;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Networks;
using SparseNas.Search;
using SparseNas.Simulator;

namespace SparseNas.Cli.Deployment;

/// <summary>How far a simulation has come.</summary>
/// <param name="Done">Runs of the whole application so far, each on another heap.</param>
/// <param name="Most">How many there will be at most; null before the first has ended.</param>
internal readonly record struct SimulatedRuns(int Done, int? Most);

/// <summary>What the simulator says of built firmware before anything is flashed.</summary>
/// <param name="Application">The whole application: boot, self-test, report lines and, where it reads a serial port, one image that arrives there.</param>
/// <param name="Inference">One inference by itself, after the boot.</param>
/// <param name="HeapPeakBytes">
/// What the managed heap holds at its worst, garbage left out: the smallest heap with which the whole application runs to its end.
/// </param>
/// <param name="Limits">Heap and deployment area with what is reserved for the user's own application.</param>
/// <param name="Problem">What the application got wrong, in a sentence; null when every golden vector and the streamed image came out right.</param>
internal sealed record FirmwareSimulation(
    ProgramRun Application, SimulationReport Inference, int HeapPeakBytes, IReadOnlyList<Limit> Limits, string? Problem)
{
    /// <summary>Heap for the inference by itself where the board's own is too small for it: its cycles are reported all the same.</summary>
    private const int AmpleHeapBytes = 4 << 20;

    /// <summary>Room for the heap's own header and one rounding block on top of what was used.</summary>
    private const int HeaderBytes = 64;

    public bool Fits => Limits.All(limit => limit.Fits);

    /// <param name="firmware">What runs.</param>
    /// <param name="board">Where.</param>
    /// <param name="reserve">Room that is kept free.</param>
    /// <param name="progress">Told of every run of the whole application; null for nobody.</param>
    public static FirmwareSimulation Of(BuiltFirmware firmware, BoardProfile board, Reserve reserve, IProgress<SimulatedRuns>? progress = null)
    {
        progress?.Report(new SimulatedRuns(0, null));
        GoldenVector streamed = firmware.Model.Golden[^1];
        byte[] serialInput = firmware.Live == LiveInput.Serial ? [.. streamed.Input] : [];
        ProgramRun application = ProgramRun.Of(firmware.Program, board, serialInput);
        SimulationReport report = application.Report;

        // What ran on the board's heap bounds the search; what did not fit is searched in an ample one.
        int ceilingBytes = report.Exception is null ? report.HeapPeakBytes + HeaderBytes : AmpleHeapBytes;
        int heapPeakBytes = MinimumHeap.Find(
            board, firmware.Program.Images, limitBytes: ceilingBytes, comparable: OutputWithoutFigures, scanBlocks: 0, serialInput: serialInput,
            progress: (done, most) => progress?.Report(new SimulatedRuns(done + 1, most + 1))) ?? report.HeapPeakBytes;
        Limit[] limits =
        [
            new("managedHeapBytes", heapPeakBytes + reserve.HeapBytes, board.HeapBytes),
            new("deploymentBytes", report.ImageBytes + reserve.FlashBytes, board.DeploymentBytes.Whole),
            .. report.Limits.Where(limit => limit.Name is not ("managedHeapBytes" or "deploymentBytes")),
        ];
        return new FirmwareSimulation(application, SimulateInference(firmware, board, streamed), heapPeakBytes, limits, ProblemOf(application, firmware, streamed));
    }

    /// <summary>The last golden vector, row by row as a device gets it.</summary>
    private static SimulationReport SimulateInference(BuiltFirmware firmware, BoardProfile board, GoldenVector vector)
    {
        using var device = new SimulatedDevice(board, Math.Max(board.HeapBytes, AmpleHeapBytes));
        foreach (ReadOnlyMemory<byte> image in firmware.Program.Images) device.Load(image);
        device.Start();
        device.Call($"{GeneratedModel.TypeName}.Reset");
        byte[] input = [.. vector.Input];
        Shape shape = firmware.Model.Input;
        foreach (byte[] row in input.Chunk(shape.Width * shape.Channels))
        {
            device.WriteStatic($"{GeneratedModel.TypeName}.Arena", row, (int)device.Call($"{GeneratedModel.TypeName}.get_RowOffset")!);
            device.Call($"{GeneratedModel.TypeName}.RowArrived");
        }

        device.Call($"{GeneratedModel.TypeName}.Run");
        return device.Report();
    }

    private static string? ProblemOf(ProgramRun application, BuiltFirmware firmware, GoldenVector streamed)
    {
        if (application.SelfTest is not { IsComplete: true } test) return "it does not reach the end of its self-test";
        if (test.Passed != test.Vectors) return $"{test.Vectors - test.Passed} of {test.Vectors} golden vectors fail";
        string answer = string.Create(CultureInfo.InvariantCulture, $"CLASS {streamed.Class:0000} ");
        return firmware.Live == LiveInput.Serial && !application.Serial.TrimStart('.').StartsWith(answer, StringComparison.Ordinal)
            ? $"to the image on its serial port it answers '{application.Serial.TrimEnd()}' instead of '{answer.TrimEnd()}'"
            : null;
    }

    /// <summary>Free bytes and ticks depend on the heap's size; everything else the program prints must not.</summary>
    private static string OutputWithoutFigures(string output) => string.Join(
        '\n', output.Split('\n').Where(line => !line.StartsWith("SPARSENAS HEAP", StringComparison.Ordinal) && !line.StartsWith("SPARSENAS TIME", StringComparison.Ordinal)
            && !line.StartsWith("SPARSENAS PROBE", StringComparison.Ordinal)));
}
