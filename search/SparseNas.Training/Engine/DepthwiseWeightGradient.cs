using SparseNas.Networks;
using SparseNas.Training.Engine.Geometry;
using SparseNas.Training.Engine.Kernels;
using SparseNas.Training.Engine.Steps;

namespace SparseNas.Training.Engine;

/// <summary>
/// The weight gradient of a depthwise layer. Pixels of dy side by side slide over x, which has zeros around it, so that all pixels see all taps; the sums of
/// as many rows of the window as the registers hold run together and stay vectors until the batch ends. On the way dy is copied to where the input gradient
/// wants it, between zeros.
/// </summary>
internal sealed unsafe class DepthwiseWeightGradient
{
    private readonly Run[] runs;
    private readonly float* sums;
    private readonly float* totals;
    private readonly int channels;
    private readonly int taps;
    private readonly int registerFloats;

    /// <summary>Plans one layer.</summary>
    /// <param name="set">Instructions.</param>
    /// <param name="arena">Holds tables and sums.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="x">Where a channel of x lies; rows and columns of the windows count from its outermost pixel.</param>
    /// <param name="dy">Where a channel of dy goes.</param>
    /// <param name="rows">Window over rows.</param>
    /// <param name="columns">Window over columns.</param>
    public DepthwiseWeightGradient(InstructionSet set, NativeArena arena, int channels, PlaneLayout x, PlaneLayout dy, Window rows, Window columns)
    {
        this.channels = channels;
        taps = rows.Kernel * columns.Kernel;
        registerFloats = LaneBlock.LanesOf(set);
        sums = arena.Floats(((long)channels * taps * registerFloats) + (LaneBlock.Images * LaneBlock.Images));
        totals = arena.Floats((channels * taps) + LaneBlock.Images);
        int together = TileChoice.SlidingRows(set, rows.Kernel, columns.Kernel);
        runs =
        [
            .. from first in Enumerable.Range(0, (rows.Kernel + together - 1) / together).Select(part => part * together)
               let slide = new SlidingAxis(columns, IsGradient: false).SlideUnder(Math.Min(together, rows.Kernel - first))
               let p = TileChoice.SlidingVectors(set, dy.Width, slide, slide.Weights)
               from tiles in ((int First, int Beyond, int Vectors)[])[(0, dy.Width / p * p, p), (dy.Width / p * p, dy.Width, dy.Width % p)]
               where tiles.Vectors > 0
               select RunOf(first, slide, tiles.First, tiles.Beyond, tiles.Vectors),
        ];

        Run RunOf(int firstRow, TileSlide slide, int first, int beyond, int vectors)
        {
            (int Row, int Column)[] starts =
            [
                .. from y in Enumerable.Range(0, dy.Height)
                   from tile in Enumerable.Range(0, (beyond - first) / vectors)
                   select (y, first + (tile * vectors)),
            ];
            int[] sources = [.. starts.Select(at => ((at.Row * dy.Width) + at.Column) * LaneBlock.Bytes)];
            int[] targets = [.. starts.Select(at => dy.At(at.Row, at.Column) * LaneBlock.Bytes)];
            var loops = (TileArguments*)arena.Take(sizeof(TileArguments));
            *loops = new TileArguments
            {
                XOffsets = arena.Table(Contraction.Widen(
                    set, [.. starts.Select(at => (((rows.Start(at.Row) + firstRow) * x.PaddedWidth) + columns.Start(at.Column)) * LaneBlock.Bytes)])),
                YOffsets = arena.Table([.. Contraction.Widen(set, sources).Zip(Contraction.Widen(set, targets), (source, target) => (int[])[source, target]).SelectMany(pair => pair)]),
                Segments = arena.Table([.. Enumerable.Range(0, slide.Rows).SelectMany(row => (int[])[row * x.PaddedWidth * LaneBlock.Bytes, 0])]),
                Tiles = starts.Length * (LaneBlock.Images / registerFloats),
                XGroupStep = x.PaddedPixels * LaneBlock.Bytes,
                WGroupStep = taps * registerFloats * sizeof(float),
                YGroupStep = dy.Height * dy.Width * LaneBlock.Bytes,
                CopyGroupStep = dy.PaddedPixels * LaneBlock.Bytes,
            };
            var key = new TileKey(vectors, 1, TileOperand.Vector, new TileFrame(TileStart.Output, TileEnd.Store)) { Slide = slide, Copies = firstRow == 0 && !dy.IsCompact };
            return new Run(TileEmitter.Get(set, key), (nint)loops, firstRow * columns.Kernel * registerFloats);
        }
    }

    /// <summary>Adds the gradient of some channels of one block.</summary>
    /// <param name="range">The channels.</param>
    /// <param name="planes">Their x with borders.</param>
    /// <param name="dy">Their dy.</param>
    /// <param name="copy">Where dy goes; not used where nothing is around it.</param>
    public void Accumulate(ChannelRange range, float* planes, float* dy, float* copy)
    {
        foreach (ref readonly Run run in runs.AsSpan())
        {
            var loops = (TileArguments*)run.Loops;
            loops->Groups = range.Count;
            loops->X = (byte*)planes;
            loops->Y = (byte*)dy;
            loops->Copy = (byte*)copy;
            loops->W = (byte*)(sums + ((nint)range.First * taps * registerFloats) + run.Sums);
            run.Kernel(loops);
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

    /// <param name="Kernel">Tiles of dy.</param>
    /// <param name="Loops">Their arguments.</param>
    /// <param name="Sums">Where the sums of its rows begin in a channel's.</param>
    private readonly record struct Run(TileKernel Kernel, nint Loops, int Sums);
}
