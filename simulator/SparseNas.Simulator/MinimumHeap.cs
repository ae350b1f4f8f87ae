using System.Numerics;
using SparseNas.Boards;

namespace SparseNas.Simulator;

/// <summary>
/// Searches the smallest managed heap with which a program does what it does with a large one: same console output, same end. Near the
/// limit success is not monotonic (collections happen at other moments), so a bisection is followed by a downward scan.
/// <code>int bytes = MinimumHeap.Find(board, [image]);</code>
/// </summary>
public static class MinimumHeap
{
    private const int BlockBytes = 12;
    private const int HeaderBytes = 32;
    private const string FaultMark = "fault: ";

    /// <summary>Blocks below the bisected size that are tried one by one: enough for the holes of a stack frame.</summary>
    private const int ScanBlocks = 20;

    /// <summary>The bisection narrows down to this.</summary>
    private const int StepBytes = 4;

    /// <summary>
    /// Interval in which the bisection starts; wider ones follow when the upper end does not do. Sizes that work come in islands, and a
    /// bisection meets those that its interval happens to halve into: with this one it meets the same as the suite's measurements did.
    /// </summary>
    private const int LowestBytes = 1024, FirstUpperBytes = 28_000;

    /// <summary>Finds the smallest heap.</summary>
    /// <param name="board">Board whose rules apply; its heap size does not.</param>
    /// <param name="images">Assemblies, the application last; its entry point runs.</param>
    /// <param name="budgetOpcodes">IL instructions after which a trial counts as failed.</param>
    /// <param name="limitBytes">Largest heap to try.</param>
    /// <param name="comparable">Leaves out of the console output what may differ from heap to heap, such as free bytes; null for nothing.</param>
    /// <param name="scanBlocks">Blocks below the bisected size that are tried one by one; 0 is an order of magnitude faster and rarely differs.</param>
    /// <param name="serialInput">What arrives on the serial port.</param>
    /// <param name="progress">Told after each run how many there have been and how many there will be at most; null for nobody.</param>
    /// <returns>Bytes; null when even the largest heap does not do.</returns>
    public static int? Find(
        BoardProfile board, IReadOnlyList<ReadOnlyMemory<byte>> images, long budgetOpcodes = 1_000_000_000, int limitBytes = 16 << 20,
        Func<string, string>? comparable = null,
        int scanBlocks = ScanBlocks,
        ReadOnlyMemory<byte> serialInput = default,
        Action<int, int>? progress = null)
    {
        int runs = 0, most = 2 + BitOperations.Log2((uint)Math.Max(limitBytes / StepBytes, 1)) + BitOperations.Log2((uint)Math.Max(limitBytes / FirstUpperBytes, 1)) + scanBlocks;
        (string Output, string? End) Try(long bytes)
        {
            (string output, string? end) = Run(board, images, bytes, budgetOpcodes, serialInput);
            progress?.Invoke(Math.Min(++runs, most), most);
            return (comparable is null ? output : comparable(output), end);
        }

        (string Output, string? End) reference = Try(limitBytes);
        if (reference.End is not null && (reference.End.StartsWith(FaultMark, StringComparison.Ordinal) || reference.End == Execution.DeviceThrow.OutOfMemoryName)) return null;
        bool Works(int bytes) => Try(bytes) == reference;
        int low = LowestBytes, high = Math.Min(FirstUpperBytes, limitBytes);
        while (high < limitBytes && !Works(high)) (low, high) = (high, Math.Min(2 * high, limitBytes));
        while (high - low > StepBytes)
        {
            int middle = (low + high) / 2 / StepBytes * StepBytes;
            if (Works(middle)) high = middle;
            else low = middle;
        }

        int lowestBlocks = (LowestBytes - HeaderBytes) / BlockBytes, smallest = (high - HeaderBytes + BlockBytes - 1) / BlockBytes;
        for (int blocks = smallest - 1, last = Math.Max(lowestBlocks, smallest - scanBlocks); blocks >= last; blocks--)
        {
            if (Works(HeaderBytes + (blocks * BlockBytes))) smallest = blocks;
        }

        return HeaderBytes + (smallest * BlockBytes);
    }

    private static (string Output, string? End) Run(
        BoardProfile board, IReadOnlyList<ReadOnlyMemory<byte>> images, long heapBytes, long budgetOpcodes, ReadOnlyMemory<byte> serialInput)
    {
        System.Text.StringBuilder output = new();
        try
        {
            using SimulatedDevice device = new(board, heapBytes)
            {
                Console = text => output.Append(text), BudgetOpcodes = budgetOpcodes, SerialOutput = bytes => output.Append(System.Text.Encoding.Latin1.GetString(bytes)),
            };
            foreach (ReadOnlyMemory<byte> image in images) device.Load(image);
            device.SerialInput(serialInput.Span);
            SimulationReport report = device.RunMain();
            return (output.ToString(), report.Exception);
        }
        catch (FirmwareFault e)
        {
            return (output.ToString(), FaultMark + e.Message);
        }
    }
}
