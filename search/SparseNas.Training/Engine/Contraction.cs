using SparseNas.Training.Engine.Geometry;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>
/// y[column][pixel] = start + Σ over taps and channels of x · w, planned once for a layer's shape and run for every block: the forward pass
/// and the input gradient of convolutions and dense layers. Weights are packed [group][reduction][Q], see <see cref="WeightPacking"/>.
/// </summary>
internal sealed unsafe class Contraction
{
    private readonly Run[] runs;

    private Contraction(Run[] runs, int columns, int tileColumns)
    {
        this.runs = runs;
        Columns = columns;
        TileColumns = tileColumns;
    }

    /// <summary>Output channels.</summary>
    public int Columns { get; }

    /// <summary>Q: columns that one tile computes and one group of packed weights holds.</summary>
    public int TileColumns { get; }

    /// <summary>Plans for a shape.</summary>
    /// <param name="set">Instructions.</param>
    /// <param name="arena">Holds the offset tables.</param>
    /// <param name="classes">Pixels by the taps they see.</param>
    /// <param name="columns">Output channels.</param>
    /// <param name="reduction">Weights per output channel.</param>
    /// <param name="targetPlane">Pixels of one output channel.</param>
    /// <param name="frame">What the sums start from, and what is applied to them.</param>
    public static Contraction Of(
        InstructionSet set, NativeArena arena, PixelClass[] classes, int columns, int reduction, int targetPlane, TileFrame frame)
    {
        int q = TileChoice.Columns(set, classes, columns);
        int groups = columns / q, rest = columns % q;
        nint yStep = targetPlane * LaneBlock.Bytes;
        List<Run> runs = [];
        Add(q, groups, 0);
        if (rest > 0) Add(rest, 1, groups * q);
        return new Contraction([.. runs], columns, q);

        void Add(int width, int count, int firstColumn)
        {
            var loops = new TileArguments
            {
                Groups = count,
                WGroupStep = (nint)reduction * width * sizeof(float),
                YGroupStep = width * yStep,
                BiasGroupStep = width * sizeof(float),
                YStep = yStep,
            };
            nint w = (nint)firstColumn * reduction * sizeof(float);
            foreach (PixelClass pixels in classes)
            {
                AddClass(runs, set, arena, pixels, width, loops, new(w, firstColumn * yStep, firstColumn * sizeof(float)), frame);
            }
        }
    }

    /// <summary>Channels each by itself, for depthwise layers: tiles of pixels side by side in a row, under a window that slides over them.</summary>
    /// <param name="set">Instructions.</param>
    /// <param name="arena">Holds the offset tables.</param>
    /// <param name="rows">Rows of the result by the taps they see.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="source">Where a channel of the source lies; rows and columns count from its outermost pixel.</param>
    /// <param name="target">Where a channel of the result lies.</param>
    /// <param name="weights">Weights of a channel.</param>
    /// <param name="frame">What the sums start from, and what is applied to them.</param>
    public static Contraction OfChannels(
        InstructionSet set, NativeArena arena, AxisClass[] rows, SlidingAxis columns, PlaneLayout source, PlaneLayout target, int weights, TileFrame frame)
    {
        List<Run> runs = [];
        foreach (AxisClass row in rows) AddSlidingClass(runs, set, arena, row, columns, source, target, weights, frame);
        return new Contraction([.. runs], 1, 1);
    }

    /// <summary>Computes one block.</summary>
    /// <param name="x">Source block.</param>
    /// <param name="weights">Packed weights.</param>
    /// <param name="y">Result block.</param>
    /// <param name="bias">One per column, for <see cref="TileStart.Bias"/>.</param>
    /// <param name="mask">A block like the result, for <see cref="TileEnd.MaskPositive"/>.</param>
    public void Compute(float* x, float* weights, float* y, float* bias, float* mask) => Compute(x, weights, y, bias, mask, 0);

    /// <summary>Computes some channels of a block, planned with <see cref="OfChannels"/>; <paramref name="channels"/> is their number.</summary>
    public void Compute(float* x, float* weights, float* y, float* bias, float* mask, int channels)
    {
        foreach (ref readonly Run run in runs.AsSpan())
        {
            var loops = (TileArguments*)run.Loops;
            if (channels > 0) loops->Groups = channels;
            loops->X = (byte*)x;
            loops->W = (byte*)weights + run.Base.W;
            loops->Y = (byte*)y + run.Base.Y;
            loops->Bias = (byte*)bias + run.Base.Bias;
            loops->Mask = (byte*)mask + run.Base.Y;
            run.Kernel(loops);
        }
    }

    /// <summary>Tells where <see cref="TileEnd.NormSums"/> takes the sums of the channels that are computed next.</summary>
    public void TakeSums(in NormChannels norm)
    {
        foreach (ref readonly Run run in runs.AsSpan())
        {
            var loops = (TileArguments*)run.Loops;
            loops->NormScale = (byte*)norm.Scale;
            loops->NormShift = (byte*)norm.Shift;
            loops->NormMean = (byte*)norm.Mean;
            loops->NormSums = (byte*)norm.Sums;
            loops->NormFloor = norm.Floor;
        }
    }

    private static void AddClass(
        List<Run> runs, InstructionSet set, NativeArena arena, PixelClass pixels, int width, TileArguments loops, Bases bases,
        TileFrame frame)
    {
        int[] sources = Widen(set, pixels.SourceOffsets), targets = Widen(set, pixels.TargetOffsets);
        int p = TileChoice.Vectors(set, width, sources.Length, pixels.Steps).Vectors;
        loops.Segments = arena.Table([.. pixels.Segments.SelectMany(s => (int[])[s.Source, s.Reduction * width * sizeof(float)])]);
        loops.SegmentCount = pixels.Inner == 0 ? 0 : pixels.Segments.Length;
        loops.Inner = pixels.Inner;
        loops.XStep = pixels.SourceStep;
        loops.WStep = pixels.ReductionStep * width * sizeof(float);
        int full = sources.Length / p * p;
        AddTiles(0, full, p);
        if (full < sources.Length) AddTiles(full, sources.Length, sources.Length - full);

        void AddTiles(int first, int beyond, int vectors)
        {
            var tiles = (TileArguments*)arena.Take(sizeof(TileArguments));
            *tiles = loops;
            tiles->XOffsets = arena.Table(sources.AsSpan(first, beyond - first));
            tiles->YOffsets = arena.Table(targets.AsSpan(first, beyond - first));
            tiles->Tiles = (beyond - first) / vectors;
            runs.Add(new Run(TileEmitter.Get(set, new TileKey(vectors, width, TileOperand.PackedScalar, frame)), (nint)tiles, bases));
        }
    }

    private static void AddSlidingClass(
        List<Run> runs, InstructionSet set, NativeArena arena, AxisClass row, SlidingAxis columns, PlaneLayout source, PlaneLayout target, int weights,
        TileFrame frame)
    {
        TileSlide slide = columns.SlideUnder(row.Taps);
        int p = TileChoice.SlidingVectors(set, columns.Positions, slide, slide.Taps), full = columns.Positions / p * p;
        var loops = new TileArguments
        {
            XGroupStep = source.PaddedPixels * LaneBlock.Bytes,
            WGroupStep = weights * sizeof(float),
            YGroupStep = target.PaddedPixels * LaneBlock.Bytes,
            BiasGroupStep = sizeof(float),
            Segments = arena.Table(
            [
                .. from tap in Enumerable.Range(0, row.Taps)
                   from offset in (int[])
                   [
                       tap * row.SourceStep * source.PaddedWidth * LaneBlock.Bytes,
                       (row.FirstTap + (tap * row.TapStep)) * slide.Taps * sizeof(float),
                   ]
                   select offset,
            ]),
        };
        AddTiles(0, full, p);
        if (full < columns.Positions) AddTiles(full, columns.Positions, columns.Positions - full);

        void AddTiles(int first, int beyond, int vectors)
        {
            (int Row, int Column)[] starts =
            [
                .. from y in Enumerable.Range(0, row.Positions.Length)
                   from x in Enumerable.Range(0, (beyond - first) / vectors)
                   select (y, first + (x * vectors)),
            ];
            var tiles = (TileArguments*)arena.Take(sizeof(TileArguments));
            *tiles = loops;
            tiles->XOffsets = arena.Table(Widen(
                set, [.. starts.Select(at => ((row.Offsets[at.Row] * source.PaddedWidth) + columns.SourceOf(at.Column)) * LaneBlock.Bytes)]));
            tiles->YOffsets = arena.Table(Widen(set, [.. starts.Select(at => target.At(row.Positions[at.Row], at.Column) * LaneBlock.Bytes)]));
            tiles->Tiles = starts.Length * (LaneBlock.Images / LaneBlock.LanesOf(set));
            var key = new TileKey(vectors, 1, TileOperand.PackedScalar, frame) { Slide = slide };
            runs.Add(new Run(TileEmitter.Get(set, key), (nint)tiles, default));
        }
    }

    /// <summary>One offset per register instead of one per value of sixteen images.</summary>
    internal static int[] Widen(InstructionSet set, int[] offsets)
    {
        int lanes = LaneBlock.LanesOf(set);
        return [.. from offset in offsets from part in Enumerable.Range(0, LaneBlock.Images / lanes) select offset + (part * lanes * sizeof(float))];
    }

    private readonly record struct Bases(nint W, nint Y, nint Bias);

    private readonly record struct Run(TileKernel Kernel, nint Loops, Bases Base);
}
