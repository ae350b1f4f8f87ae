using SparseNas.Networks;
using SparseNas.Training.Engine.Geometry;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>
/// dW[o][k] += Σ over images and pixels of dy[o][pixel] · x[pixel under tap k]: tiles of taps times output channels run over the rows that
/// both reach, then the sixteen lanes of every sum are added up.
/// </summary>
internal sealed unsafe class WeightGradient
{
    private readonly Run[] runs;
    private readonly float* sums;

    private WeightGradient(Run[] runs, float* sums)
    {
        this.runs = runs;
        this.sums = sums;
    }

    /// <summary>Plans a convolution; with <paramref name="channelwise"/> a depthwise one.</summary>
    /// <param name="set">Instructions.</param>
    /// <param name="arena">Holds tables.</param>
    /// <param name="input">Shape of x.</param>
    /// <param name="output">Shape of dy.</param>
    /// <param name="rows">Window over rows.</param>
    /// <param name="columns">Window over columns.</param>
    /// <param name="stride">Elements between output channels in dW.</param>
    /// <param name="channelwise">Each channel by itself.</param>
    public static WeightGradient Of(
        InstructionSet set, NativeArena arena, Shape input, Shape output, Window rows, Window columns, int stride, bool channelwise)
    {
        int channels = channelwise ? 1 : input.Channels;
        var taps =
            from channel in Enumerable.Range(0, channels)
            from y in Enumerable.Range(0, rows.Kernel)
            from x in Enumerable.Range(0, columns.Kernel)
            let rowRange = Range(rows, y)
            let columnRange = Range(columns, x)
            where rowRange.Count > 0 && columnRange.Count > 0
            select new Tap(
                rowRange, columnRange, (((channel * input.Height) + y) * input.Width + x) * LaneBlock.Bytes,
                (((y * columns.Kernel) + x) * channels) + channel);
        var ranges = taps.GroupBy(tap => (tap.Rows, tap.Columns)).ToArray();

        int vectorWidth = channelwise ? 1 : output.Channels;
        (int p, int q) = Tile(set, [.. ranges.Select(range => range.Count())], vectorWidth);
        List<Run> runs = [];
        for (int lone = 0; lone < (channelwise ? input.Channels : 1); lone++)
        {
            for (int first = 0; first < vectorWidth; first += q)
            {
                int width = Math.Min(q, vectorWidth - first);
                foreach (var range in ranges)
                {
                    TileArguments loops = Rows(set, arena, input, output, rows, columns, range.Key.Rows, range.Key.Columns);
                    foreach (Tap[] chunk in range.Chunk(p))
                    {
                        loops.XOffsets = arena.Table([.. chunk.Select(tap => tap.Source)]);
                        loops.YOffsets = arena.Table([.. Enumerable.Range(0, chunk.Length).Select(t => t * LaneBlock.LanesOf(set) * sizeof(float))]);
                        loops.YStep = chunk.Length * LaneBlock.LanesOf(set) * sizeof(float);
                        var key = new TileKey(chunk.Length, width, TileOperand.Vector, TileStart.Zero, TileEnd.Store);
                        int[] targets =
                            [.. from column in Enumerable.Range(0, width) from tap in chunk select ((lone + first + column) * stride) + tap.Weight];
                        runs.Add(new Run(
                            TileEmitter.Get(set, key), loops,
                            (nint)lone * input.Height * input.Width * LaneBlock.Bytes,
                            (nint)(lone + first) * output.Height * output.Width * LaneBlock.Bytes, (nint)arena.Table(targets), targets.Length));
                    }
                }
            }
        }

        return new WeightGradient([.. runs], arena.Floats(32 * LaneBlock.Images));
    }

    /// <summary>Adds one block's gradient.</summary>
    /// <param name="kernels">For the sums over lanes.</param>
    /// <param name="x">Input block.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="gradient">dW.</param>
    public void Accumulate(LaneKernels kernels, float* x, float* dy, float* gradient)
    {
        foreach (ref readonly Run run in runs.AsSpan())
        {
            TileArguments arguments = run.Loops;
            arguments.X = (byte*)x + run.X;
            arguments.W = (byte*)dy + run.Dy;
            arguments.Y = (byte*)sums;
            run.Kernel(&arguments);
            kernels.AddLaneSums(sums, (int*)run.Targets, run.TargetCount, gradient);
        }
    }

    private static TileArguments Rows(
        InstructionSet set, NativeArena arena, Shape input, Shape output, Window rows, Window columns, Extent rowRange, Extent columnRange)
    {
        bool contiguous = rows.Stride == 1 && columns.Stride == 1 && columnRange.Count == input.Width && columnRange.Count == output.Width;
        int lanes = LaneBlock.LanesOf(set);
        var segments =
            from row in contiguous ? [rowRange.First] : Enumerable.Range(rowRange.First, rowRange.Count)
            from part in Enumerable.Range(0, LaneBlock.Images / lanes)
            from offset in (int[])
            [
                (((rows.Start(row) * input.Width) + columns.Start(columnRange.First)) * LaneBlock.Bytes) + (part * lanes * sizeof(float)),
                (((row * output.Width) + columnRange.First) * LaneBlock.Bytes) + (part * lanes * sizeof(float)),
            ]
            select offset;
        int[] table = [.. segments];
        return new TileArguments
        {
            Groups = 1,
            Tiles = 1,
            Segments = arena.Table(table),
            SegmentCount = table.Length / 2,
            Inner = contiguous ? rowRange.Count * columnRange.Count : columnRange.Count,
            XStep = columns.Stride * LaneBlock.Bytes,
            WStep = LaneBlock.Bytes,
            ColumnStep = output.Height * output.Width * LaneBlock.Bytes,
        };
    }

    /// <summary>The outputs whose window, moved by <paramref name="tap"/>, lies inside the input.</summary>
    private static Extent Range(Window window, int tap)
    {
        int[] inside = [.. Enumerable.Range(0, window.Output).Where(o => window.Start(o) + tap >= 0 && window.Start(o) + tap < window.Input)];
        return inside.Length == 0 ? default : new Extent(inside[0], inside.Length);
    }

    private static (int Taps, int Columns) Tile(InstructionSet set, int[] tapCounts, int columns)
    {
        (int, int) best = (1, 1);
        double bestCycles = double.MaxValue;
        for (int p = 1; p <= 9; p++)
        {
            for (int q = 1; q <= Math.Min(columns, 24) && TileChoice.Fits(set, p, q); q++)
            {
                double cycles = 0;
                foreach (int taps in tapCounts)
                {
                    cycles += Sweep(p, q, taps, columns);
                }

                if (cycles < bestCycles) (best, bestCycles) = ((p, q), cycles);
            }
        }

        return best;

        static double Sweep(int p, int q, int taps, int columns)
        {
            double Cost(int a, int b) => a == 0 || b == 0 ? 0 : Math.Max(Math.Max(a * b, a + b) * 0.5, 4) + 1;
            return (taps / p * (columns / q) * Cost(p, q)) + (columns / q * Cost(taps % p, q))
                + (taps / p * Cost(p, columns % q)) + Cost(taps % p, columns % q);
        }
    }

    private readonly record struct Extent(int First, int Count);

    private sealed record Tap(Extent Rows, Extent Columns, int Source, int Weight);

    private readonly record struct Run(TileKernel Kernel, TileArguments Loops, nint X, nint Dy, nint Targets, int TargetCount);
}
