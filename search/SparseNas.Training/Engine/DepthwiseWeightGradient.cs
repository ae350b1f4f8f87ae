using SparseNas.Networks;
using SparseNas.Training.Engine.Geometry;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>
/// The weight gradient of a depthwise layer. A channel is copied between zero borders, so that all taps share one range of pixels and run as one
/// tile; their sums stay vectors until the batch ends.
/// </summary>
internal sealed unsafe class DepthwiseWeightGradient
{
    private const int MaxTaps = 12;
    private readonly TileKernel[] kernels;
    private readonly TileArguments*[] loops;
    private readonly int[] sizes;
    private readonly PadLoops pad;
    private readonly float* padded;
    private readonly float* sums;
    private readonly float* totals;
    private readonly int channels;
    private readonly int taps;
    private readonly int registerFloats;
    private readonly nint inputPlane;
    private readonly nint outputPlane;

    public DepthwiseWeightGradient(InstructionSet set, NativeArena arena, Shape input, Shape output, Window rows, Window columns)
    {
        (Window paddedRows, Window paddedColumns) = (WithBorder(rows), WithBorder(columns));
        pad = new PadLoops(1, input.Height, input.Width, rows.Before, columns.Before, paddedRows.Input, paddedColumns.Input);
        padded = arena.Floats((long)paddedRows.Input * paddedColumns.Input * LaneBlock.Images);
        channels = input.Channels;
        taps = rows.Kernel * columns.Kernel;
        registerFloats = LaneBlock.LanesOf(set);
        inputPlane = (nint)input.Height * input.Width * LaneBlock.Images;
        outputPlane = (nint)output.Height * output.Width * LaneBlock.Images;
        sums = arena.Floats(((long)channels * taps * registerFloats) + (LaneBlock.Images * LaneBlock.Images));
        totals = arena.Floats((channels * taps) + LaneBlock.Images);

        var plane = new Shape(paddedRows.Input, paddedColumns.Input, 1);
        int limit = set == InstructionSet.Avx512 ? MaxTaps : MaxTaps / 2;
        int parts = (taps + limit - 1) / limit, size = (taps + parts - 1) / parts;
        Tap[][] chunks = [.. Tap.All(plane, paddedRows, paddedColumns).Chunk(size)];
        kernels = [.. chunks.Select(c => TileEmitter.Get(set, new TileKey(c.Length, 1, TileOperand.Vector, new TileFrame(TileStart.Output, TileEnd.Store))))];
        sizes = [.. chunks.Select(c => c.Length)];
        loops = new TileArguments*[chunks.Length];
        for (int i = 0; i < chunks.Length; i++)
        {
            loops[i] = (TileArguments*)arena.Take(sizeof(TileArguments));
            *loops[i] = WeightGradient.LoopsOver(
                set, arena, plane, output with { Channels = 1 }, paddedRows, paddedColumns, chunks[i], 0, output.Height);
        }
    }

    /// <summary>Adds one block's gradient.</summary>
    public void Accumulate(LaneKernels lanes, float* x, float* dy)
    {
        float* sum = sums;
        for (int channel = 0; channel < channels; channel++)
        {
            lanes.CopyInto(x + (channel * inputPlane), padded, pad);
            for (int i = 0; i < kernels.Length; i++)
            {
                loops[i]->X = (byte*)padded;
                loops[i]->W = (byte*)(dy + (channel * outputPlane));
                loops[i]->Y = (byte*)sum;
                kernels[i](loops[i]);
                sum += sizes[i] * registerFloats;
            }
        }
    }

    /// <summary>Adds the sums of the batch to <paramref name="gradient"/> and clears them.</summary>
    public void Finish(LaneKernels lanes, float* gradient)
    {
        lanes.AddRowSums(sums, channels * taps, totals);
        for (int i = 0; i < channels * taps; i++) gradient[i] += totals[i];
        new Span<float>(totals, channels * taps).Clear();
        new Span<float>(sums, channels * taps * registerFloats).Clear();
    }

    private static Window WithBorder(Window window)
    {
        int needed = ((window.Output - 1) * window.Stride) + window.Kernel;
        return window with { Input = Math.Max(needed, window.Before + window.Input), Before = 0 };
    }
}
