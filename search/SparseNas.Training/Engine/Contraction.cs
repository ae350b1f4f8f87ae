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
    /// <param name="columns">Columns of the result by the taps they see.</param>
    /// <param name="source">Where a channel of the source lies; rows and columns of the classes count from its outermost pixel.</param>
    /// <param name="target">Where a channel of the result lies.</param>
    /// <param name="kernel">Rows and columns of the window.</param>
    /// <param name="frame">What the sums start from, and what is applied to them.</param>
    public static Contraction OfChannels(
        InstructionSet set, NativeArena arena, AxisClass[] rows, AxisClass[] columns, PlaneLayout source, PlaneLayout target,
        (int Rows, int Columns) kernel, TileFrame frame)
    {
        List<Run> runs = [];
        foreach (AxisClass row in rows)
        {
            foreach (AxisClass column in columns) AddSlidingClass(runs, set, arena, row, column, source, target, kernel, frame);
        }

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

    /// <summary>
    /// The leftmost input of a tile is its first pixel's: at its first tap where taps run forward, at its last where they run backward, as in an input
    /// gradient, whose taps are therefore taken last to first.
    /// </summary>
    private static void AddSlidingClass(
        List<Run> runs, InstructionSet set, NativeArena arena, AxisClass row, AxisClass column, PlaneLayout source, PlaneLayout target,
        (int Rows, int Columns) kernel, TileFrame frame)
    {
        bool forward = column.SourceStep > 0;
        int beyondFirst = Math.Max(column.Taps - 1, 0), left = forward ? 0 : beyondFirst;
        var slide = new TileSlide(column.Taps == 0 ? 0 : row.Taps, Math.Max(column.Taps, 1), column.Offsets.Length > 1 ? column.Offsets[1] - column.Offsets[0] : 1);
        int p = TileChoice.SlidingVectors(set, column.Positions.Length, slide);
        var loops = new TileArguments
        {
            XGroupStep = source.PaddedPixels * LaneBlock.Bytes,
            WGroupStep = kernel.Rows * kernel.Columns * sizeof(float),
            YGroupStep = target.PaddedPixels * LaneBlock.Bytes,
            BiasGroupStep = sizeof(float),
            Segments = arena.Table(
            [
                .. from tap in Enumerable.Range(0, row.Taps)
                   from offset in (int[])
                   [
                       tap * row.SourceStep * source.PaddedWidth * LaneBlock.Bytes,
                       (((row.FirstTap + (tap * row.TapStep)) * kernel.Columns) + column.FirstTap + (left * column.TapStep)) * sizeof(float),
                   ]
                   select offset,
            ]),
            WStep = (forward ? column.TapStep : -column.TapStep) * sizeof(float),
        };
        int full = column.Positions.Length / p * p;
        AddTiles(0, full, p);
        if (full < column.Positions.Length) AddTiles(full, column.Positions.Length, column.Positions.Length - full);

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
                set, [.. starts.Select(at => ((row.Offsets[at.Row] * source.PaddedWidth) + column.Offsets[at.Column] - left) * LaneBlock.Bytes)]));
            tiles->YOffsets = arena.Table(
            [
                .. from at in starts
                   from part in Parts(set)
                   from v in Enumerable.Range(at.Column, vectors)
                   select (target.At(row.Positions[at.Row], column.Positions[v]) * LaneBlock.Bytes) + part,
            ]);
            tiles->Tiles = starts.Length * Parts(set).Count();
            var key = new TileKey(vectors, 1, TileOperand.PackedScalar, frame) { Slide = slide };
            runs.Add(new Run(TileEmitter.Get(set, key), (nint)tiles, default));
        }
    }

    /// <summary>One offset per register instead of one per value of sixteen images.</summary>
    internal static int[] Widen(InstructionSet set, int[] offsets)
    {
        return [.. from offset in offsets from part in Parts(set) select offset + part];
    }

    /// <summary>Bytes from the first register of sixteen images to each.</summary>
    private static IEnumerable<int> Parts(InstructionSet set)
    {
        int lanes = LaneBlock.LanesOf(set);
        return Enumerable.Range(0, LaneBlock.Images / lanes).Select(part => part * lanes * sizeof(float));
    }

    private readonly record struct Bases(nint W, nint Y, nint Bias);

    private readonly record struct Run(TileKernel Kernel, nint Loops, Bases Base);
}
