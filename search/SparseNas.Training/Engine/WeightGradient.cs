using System.Runtime.CompilerServices;
using SparseNas.Networks;
using SparseNas.Training.Engine.Geometry;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>
/// dW[o][k] += Σ over images and pixels of dy[o][pixel] · x[pixel under tap k]. Tiles of taps times output channels run over bands of rows that
/// fit the first-level cache together; then the sixteen lanes of every sum are added up into totals that keep the tiles' order until
/// <see cref="Finish"/> puts them where they belong.
/// </summary>
internal sealed unsafe class WeightGradient
{
    private const int CacheBytes = 40 << 10;   // of the 48 KB of a first-level cache, what x and dy of one tile may take
    private readonly Run[] runs;
    private readonly int[] targets;
    private readonly float* sums;
    private readonly float* totals;

    private WeightGradient(Run[] runs, int[] targets, float* sums, float* totals)
    {
        this.runs = runs;
        this.targets = targets;
        this.sums = sums;
        this.totals = totals;
    }

    /// <summary>Plans one layer.</summary>
    /// <param name="set">Instructions.</param>
    /// <param name="arena">Holds tables and sums.</param>
    /// <param name="input">Shape of x.</param>
    /// <param name="output">Shape of dy.</param>
    /// <param name="rows">Window over rows.</param>
    /// <param name="columns">Window over columns.</param>
    /// <param name="stride">Elements between output channels in dW.</param>
    public static WeightGradient Of(
        InstructionSet set, NativeArena arena, Shape input, Shape output, Window rows, Window columns, int stride)
    {
        IGrouping<TapRange, Tap>[] ranges = [.. Tap.All(input, rows, columns).GroupBy(tap => tap.Range)];
        int registerFloats = LaneBlock.LanesOf(set), steps = output.Height * output.Width * LaneBlock.Images / registerFloats;
        (int p, int q) = TileChoice.ForWeights(set, [.. ranges.Select(range => range.Count())], output.Channels, steps, BandsOf);
        int bandRows = BandRows(q), bands = BandsOf(q), slotFloats = LaneBlock.Images * 2 * registerFloats;
        // by channel, so that a channel of x is still in the first-level cache when the tiles of its other taps read it
        Tap[][] chunks = [.. ranges.SelectMany(range => range.Chunk(p)).OrderBy(chunk => chunk[^1].Channel)];
        nint[,] loops = new nint[bands, chunks.Length];
        for (int band = 0; band < bands; band++)
        {
            for (int tile = 0; tile < chunks.Length; tile++) loops[band, tile] = LoopsOf(chunks[tile], band);
        }

        var runs = new List<Run>();
        var targets = new List<int>();
        for (int first = 0; first < output.Channels; first += q)
        {
            int width = Math.Min(q, output.Channels - first), firstTarget = targets.Count;
            foreach (Tap[] chunk in chunks) targets.AddRange(TargetsOf(chunk, first, width, stride));
            for (int band = 0; band < bands; band++)
            {
                TileStart start = band == 0 ? TileStart.Zero : TileStart.Output;
                int total = firstTarget;
                for (int tile = 0; tile < chunks.Length; tile++)
                {
                    int count = chunks[tile].Length * width;
                    runs.Add(new Run(
                        TileEmitter.Get(set, new TileKey(chunks[tile].Length, width, TileOperand.Vector, new TileFrame(start, TileEnd.Store))), loops[band, tile],
                        (nint)first * output.Height * output.Width * LaneBlock.Bytes, bands == 1 ? 0 : tile * slotFloats,
                        band == bands - 1 ? count : 0, total));
                    total += SlotsOf(count);
                }
            }
        }

        int slots = bands == 1 ? 1 : chunks.Length;
        return new WeightGradient([.. runs], [.. targets], arena.Floats((long)slots * slotFloats), arena.Floats(targets.Count));

        int BandRows(int columns) => Math.Max(1, CacheBytes / (((columns * output.Width) + (input.Width * rows.Stride)) * LaneBlock.Bytes));

        int BandsOf(int columns) => (output.Height + BandRows(columns) - 1) / BandRows(columns);

        nint LoopsOf(Tap[] chunk, int band)
        {
            TapRange range = chunk[0].Range;
            int from = Math.Max(range.Row, band * bandRows), end = Math.Min(range.Row + range.Rows, (band + 1) * bandRows);
            var tile = (TileArguments*)arena.Take(sizeof(TileArguments));
            *tile = LoopsOver(
                set, arena, input, PlaneLayout.Compact(output.Height, output.Width), rows, columns, chunk, from, Math.Max(end - from, 0));
            return (nint)tile;
        }
    }

    /// <summary>Adds one block's gradient.</summary>
    /// <param name="kernels">For the sums over lanes.</param>
    /// <param name="x">Input block.</param>
    /// <param name="dy">Gradient of the output.</param>
    public void Accumulate(LaneKernels kernels, float* x, float* dy)
    {
        foreach (ref readonly Run run in runs.AsSpan())
        {
            var loops = (TileArguments*)run.Loops;
            loops->X = (byte*)x;
            loops->W = (byte*)dy + run.Dy;
            loops->Y = (byte*)(sums + run.Sums);
            run.Kernel(loops);
            if (run.Finished > 0) kernels.AddRowSums(sums + run.Sums, run.Finished, totals + run.Total);
        }
    }

    /// <summary>Adds the totals of the batch to <paramref name="gradient"/> and clears them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Finish(float* gradient)
    {
        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i] >= 0) gradient[targets[i]] += totals[i];
        }

        new Span<float>(totals, targets.Length).Clear();
    }

    /// <summary>Sums are added up by whole registers.</summary>
    private static int SlotsOf(int count) => (count + LaneBlock.Images - 1) / LaneBlock.Images * LaneBlock.Images;

    private static IEnumerable<int> TargetsOf(Tap[] chunk, int first, int width, int stride)
    {
        for (int i = 0; i < SlotsOf(chunk.Length * width); i++)
        {
            (int column, int tap) = Math.DivRem(i, chunk.Length);
            yield return column < width ? ((first + column) * stride) + chunk[tap].Weight : -1;
        }
    }

    /// <summary>The loops of one tile of taps over rows of dy; where the rows of x and dy follow each other without a gap they are one long row.</summary>
    internal static TileArguments LoopsOver(
        InstructionSet set, NativeArena arena, Shape input, PlaneLayout dy, Window rows, Window columns, Tap[] chunk, int firstRow, int rowCount)
    {
        TapRange range = chunk[0].Range;
        bool isOneRow = rows.Stride == 1 && columns.Stride == 1 && range.Columns == input.Width && range.Columns == dy.PaddedWidth;
        int lanes = LaneBlock.LanesOf(set);
        int[] segments =
        [
            .. from row in isOneRow ? Enumerable.Range(firstRow, Math.Min(rowCount, 1)) : Enumerable.Range(firstRow, rowCount)
               from part in Enumerable.Range(0, LaneBlock.Images / lanes)
               from offset in (int[])
               [
                   (((rows.Start(row) * input.Width) + columns.Start(range.Column)) * LaneBlock.Bytes) + (part * lanes * sizeof(float)),
                   (dy.At(row, range.Column) * LaneBlock.Bytes) + (part * lanes * sizeof(float)),
               ]
               select offset,
        ];
        return new TileArguments
        {
            XOffsets = arena.Table([.. chunk.Select(tap => tap.Source)]),
            YOffsets = arena.Table([.. Enumerable.Range(0, chunk.Length).Select(t => t * lanes * sizeof(float))]),
            Segments = arena.Table(segments),
            Groups = 1,
            Tiles = 1,
            SegmentCount = segments.Length / 2,
            Inner = isOneRow ? rowCount * range.Columns : range.Columns,
            XStep = columns.Stride * LaneBlock.Bytes,
            WStep = LaneBlock.Bytes,
            ColumnStep = dy.PaddedPixels * LaneBlock.Bytes,
            YStep = chunk.Length * lanes * sizeof(float),
        };
    }

    private readonly record struct Run(TileKernel Kernel, nint Loops, nint Dy, int Sums, int Finished, int Total);
}
