using System.Runtime.InteropServices;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>Where a tile's second operand comes from.</summary>
internal enum TileOperand
{
    /// <summary>Packed weights [k][Q]: one scalar per column, broadcast to all lanes. Forward passes and input gradients.</summary>
    PackedScalar,

    /// <summary>A tensor [Q][16]: one scalar per column sixteen floats apart, broadcast. Weight gradients of dense layers.</summary>
    LaneScalar,

    /// <summary>A tensor whose columns lie <see cref="TileArguments.ColumnStep"/> apart: whole vectors. Weight gradients of convolutions.</summary>
    Vector,
}

/// <summary>What the accumulators start from.</summary>
internal enum TileStart
{
    Zero,
    Bias,
    Output,
}

/// <summary>What happens to the accumulators before they are stored.</summary>
internal enum TileEnd
{
    Store,
    Relu,

    /// <summary>Zero where the tensor at <see cref="TileArguments.Mask"/> (laid out like the output) is not positive: the gradient of a ReLU.</summary>
    MaskPositive,

    /// <summary>
    /// Zero where the ReLU behind a batch norm is closed; the sums that the batch norm's own gradient waits for are taken on the way. Mask is the input of the
    /// batch norm.
    /// </summary>
    NormSums,
}

/// <summary>What a tile does before and after its sums.</summary>
internal readonly record struct TileFrame(TileStart Start, TileEnd End);

/// <summary>
/// A tile of P vectors times Q columns: acc[p][q] = start + Σ over segments and inner steps of x[p] · w[q]. It is the key under which
/// its machine code is kept.
/// </summary>
internal readonly record struct TileKey(int Vectors, int Columns, TileOperand Operand, TileFrame Frame)
{
    /// <summary>How the vectors overlap, where they do.</summary>
    public TileSlide Slide { get; init; }

    /// <summary>Whether a sliding weight gradient copies the vectors of dy that it reads.</summary>
    public bool Copies { get; init; }
}

/// <summary>
/// A tile whose vectors are neighbours in a row under a sliding window: each input is loaded once for all the taps that see it. A segment is a row of the
/// window; all of it is unrolled. Forward, x[p] at tap t is the input Stride·p + t; in an input gradient (p + Phase − t) / Stride, where that is whole.
/// </summary>
/// <param name="Rows">Rows of the window.</param>
/// <param name="Taps">Columns of the window; 0 where vectors do not overlap.</param>
/// <param name="Stride">Step of the window.</param>
/// <param name="IsGradient">Whether results are the window's inputs.</param>
/// <param name="Phase">In an input gradient, how far from the first input of a window a tile begins.</param>
internal readonly record struct TileSlide(int Rows, int Taps, int Stride, bool IsGradient, int Phase)
{
    /// <summary>Weights of the window.</summary>
    public int Weights => Rows * Taps;

    /// <summary>In an input gradient, inputs before the one that the first vector sees at the tap <see cref="Phase"/>.</summary>
    public int Lead => IsGradient ? Math.Max(Taps - 1 - Phase + Stride - 1, 0) / Stride : 0;

    /// <summary>Inputs of a tile.</summary>
    public int Places(int vectors) => IsGradient ? ((vectors - 1 + Phase) / Stride) + Lead + 1 : ((vectors - 1) * Stride) + Taps;

    /// <summary>The taps at which vector <paramref name="p"/> sees input <paramref name="place"/> of the tile: one or none.</summary>
    public int TapAt(int p, int place) => IsGradient ? p + Phase - ((place - Lead) * Stride) : place - (p * Stride);

    /// <summary>Whether that is a tap.</summary>
    public bool Sees(int p, int place) => TapAt(p, place) is var tap && tap >= 0 && tap < Taps;
}

/// <summary>The loops around a tile; all steps and offsets in bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TileArguments
{
    /// <summary>First operand, second operand, result, biases, mask.</summary>
    public byte* X, W, Y, Bias, Mask;

    /// <summary>Where a sliding weight gradient copies dy to (<see cref="TileKey.Copies"/>), and the step from group to group.</summary>
    public byte* Copy;
    public nint CopyGroupStep;

    /// <summary>P offsets into X and P into Y and Mask for each tile, tile after tile; where vectors slide one each, and results are neighbours
    /// (in a weight gradient two into Y: where dy is, and where its copy goes).</summary>
    public int* XOffsets, YOffsets;

    /// <summary>Pairs of offsets (X, W): where each run of inner steps starts.</summary>
    public int* Segments;

    /// <summary>Extents of the loops, outermost first.</summary>
    public nint Groups, Tiles, SegmentCount, Inner;

    /// <summary>Steps per group.</summary>
    public nint XGroupStep, WGroupStep, YGroupStep, BiasGroupStep;

    /// <summary>Steps per inner iteration.</summary>
    public nint XStep, WStep;

    /// <summary>
    /// For <see cref="TileEnd.NormSums"/>: per group a scale, a shift and a mean, and two vectors of sums, <see cref="NormChannels.SumFloats"/> floats
    /// from group to group; and what the map must exceed.
    /// </summary>
    public byte* NormScale, NormShift, NormMean, NormSums;

    /// <summary>What scale · x + shift must exceed for the ReLU to be open.</summary>
    public float NormFloor;

    /// <summary>Distance between columns: of the second operand (<see cref="TileOperand.Vector"/>) and of the result.</summary>
    public nint ColumnStep, YStep;
}

/// <summary>The compiled form of a <see cref="TileKey"/>.</summary>
internal unsafe delegate void TileKernel(TileArguments* arguments);
