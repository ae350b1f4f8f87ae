using SparseNas.Networks;
using SparseNas.Training.Engine.Geometry;
using SparseNas.Training.Engine.Kernels;
using SparseNas.Training.Engine.Steps;

namespace SparseNas.Training.Engine;

/// <summary>
/// The weight gradient of a depthwise layer. Between zero borders all taps of a channel share one range of pixels and run as one tile; their sums
/// stay vectors until the batch ends.
/// </summary>
internal sealed unsafe class DepthwiseWeightGradient
{
    private const int MaxTaps = 12;
    private readonly TileKernel[] kernels;
    private readonly TileArguments*[] loops;
    private readonly int[] sizes;
    private readonly float* sums;
    private readonly float* totals;
    private readonly int channels;
    private readonly int taps;
    private readonly int registerFloats;

    /// <summary>Plans one layer.</summary>
    /// <param name="set">Instructions.</param>
    /// <param name="arena">Holds tables and sums.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="plane">Shape of one channel of x with its border.</param>
    /// <param name="dy">Where a channel of dy lies, zeros around it.</param>
    /// <param name="rows">Window over rows of the plane.</param>
    /// <param name="columns">Window over columns of the plane.</param>
    public DepthwiseWeightGradient(InstructionSet set, NativeArena arena, int channels, Shape plane, PlaneLayout dy, Window rows, Window columns)
    {
        this.channels = channels;
        taps = rows.Kernel * columns.Kernel;
        registerFloats = LaneBlock.LanesOf(set);
        sums = arena.Floats(((long)channels * taps * registerFloats) + (LaneBlock.Images * LaneBlock.Images));
        totals = arena.Floats((channels * taps) + LaneBlock.Images);

        int limit = set == InstructionSet.Avx512 ? MaxTaps : MaxTaps / 2;
        int parts = (taps + limit - 1) / limit, size = (taps + parts - 1) / parts;
        Tap[][] chunks = [.. Tap.All(plane, rows, columns).Chunk(size)];
        kernels = [.. chunks.Select(c => TileEmitter.Get(set, new TileKey(c.Length, 1, TileOperand.Vector, new TileFrame(TileStart.Output, TileEnd.Store))))];
        sizes = [.. chunks.Select(c => c.Length)];
        loops = new TileArguments*[chunks.Length];
        for (int i = 0; i < chunks.Length; i++)
        {
            loops[i] = (TileArguments*)arena.Take(sizeof(TileArguments));
            *loops[i] = WeightGradient.LoopsOver(set, arena, plane, dy, rows, columns, chunks[i], 0, dy.Height);
            loops[i]->XGroupStep = plane.Height * plane.Width * LaneBlock.Bytes;
            loops[i]->WGroupStep = dy.PaddedPixels * LaneBlock.Bytes;
            loops[i]->YGroupStep = taps * registerFloats * sizeof(float);
        }
    }

    /// <summary>Adds the gradient of some channels of one block.</summary>
    /// <param name="range">The channels.</param>
    /// <param name="planes">Their x with borders.</param>
    /// <param name="dy">Their dy with borders.</param>
    public void Accumulate(ChannelRange range, float* planes, float* dy)
    {
        float* sum = sums + ((nint)range.First * taps * registerFloats);
        for (int i = 0; i < kernels.Length; i++)
        {
            loops[i]->Groups = range.Count;
            loops[i]->X = (byte*)planes;
            loops[i]->W = (byte*)dy;
            loops[i]->Y = (byte*)sum;
            kernels[i](loops[i]);
            sum += sizes[i] * registerFloats;
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
}
