using SparseNas.Training.Engine.Geometry;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>dW[o][i] += Σ over the sixteen images of dy[o][n] · x[i][n], with x transposed once per block.</summary>
internal sealed unsafe class DenseWeightGradient
{
    private readonly (TileKernel Kernel, TileArguments Loops, nint Dy, nint Gradient)[] runs;
    private readonly float* transposed;
    private readonly int features;
    private readonly int stride;

    public DenseWeightGradient(InstructionSet set, NativeArena arena, int features, int outputs, int stride)
    {
        this.features = features;
        this.stride = stride;
        transposed = arena.Floats((long)stride * LaneBlock.Images);
        int lanes = LaneBlock.LanesOf(set), vectors = stride / lanes;
        (int p, int q) = Tile(set, vectors, outputs);
        int[] offsets = [.. Enumerable.Range(0, vectors).Select(i => i * lanes * sizeof(float))];
        int* table = arena.Table(offsets), segment = arena.Table([0, 0]);
        List<(TileKernel, TileArguments, nint, nint)> list = [];
        Add(q, outputs / q, 0);
        if (outputs % q > 0) Add(outputs % q, 1, outputs / q * q);
        runs = [.. list];

        void Add(int width, int groups, int first)
        {
            int full = vectors / p * p;
            if (full > 0) AddTiles(0, full / p, p);
            if (full < vectors) AddTiles(full, 1, vectors - full);

            void AddTiles(int from, int tiles, int height) => list.Add((
                TileEmitter.Get(set, new TileKey(height, width, TileOperand.LaneScalar, new TileFrame(TileStart.Output, TileEnd.Store))),
                new TileArguments
                {
                    XOffsets = table + from,
                    YOffsets = table + from,
                    Segments = segment,
                    Groups = groups,
                    Tiles = tiles,
                    SegmentCount = 1,
                    Inner = LaneBlock.Images,
                    XStep = (nint)stride * sizeof(float),
                    WStep = sizeof(float),
                    WGroupStep = width * LaneBlock.Bytes,
                    YGroupStep = (nint)width * stride * sizeof(float),
                    YStep = (nint)stride * sizeof(float),
                },
                first * LaneBlock.Bytes,
                (nint)first * stride * sizeof(float)));
        }
    }

    /// <summary>Adds one block's gradient.</summary>
    /// <param name="x">Input block [features][16].</param>
    /// <param name="dy">Gradient of the output [outputs][16].</param>
    /// <param name="gradient">dW [outputs][stride].</param>
    public void Accumulate(float* x, float* dy, float* gradient)
    {
        Transposition.ToRows(x, features, transposed, stride);
        foreach (ref readonly var run in runs.AsSpan())
        {
            TileArguments arguments = run.Loops;
            arguments.X = (byte*)transposed;
            arguments.W = (byte*)dy + run.Dy;
            arguments.Y = (byte*)gradient + run.Gradient;
            run.Kernel(&arguments);
        }
    }

    private static (int P, int Q) Tile(InstructionSet set, int vectors, int outputs)
    {
        (int P, int Q) best = (1, 1);
        double bestCycles = double.MaxValue;
        for (int q = 1; q <= Math.Min(outputs, 24) && TileChoice.Fits(set, 1, q); q++)
        {
            (int p, double cycles) = TileChoice.Vectors(set, q, vectors, LaneBlock.Images);
            cycles *= outputs / q;
            if (outputs % q > 0) cycles += TileChoice.Vectors(set, outputs % q, vectors, LaneBlock.Images).Cycles;
            if (cycles < bestCycles) (best, bestCycles) = ((p, q), cycles);
        }

        return best;
    }
}
