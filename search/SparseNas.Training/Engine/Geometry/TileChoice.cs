using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Geometry;

/// <summary>
/// Which tile to use: a model of a core that issues two multiply-adds and two loads per cycle with a latency of four. It only ranks tiles.
/// </summary>
internal static class TileChoice
{
    private const int MaxVectors = 8;
    private const int MaxColumns = 28;
    private const int MaxTaps = 9;
    private const double LoopCycles = 1.0;
    private const double TileCycles = 12;
    private const double VisitCycles = 40;

    /// <summary>Columns per tile, the same for all classes, that make <paramref name="columns"/> cheapest.</summary>
    public static int Columns(InstructionSet set, PixelClass[] classes, int columns)
    {
        int vectorsPerValue = LaneBlock.Images / LaneBlock.LanesOf(set);
        int best = 1;
        double bestCycles = double.MaxValue;
        for (int q = 1; q <= Math.Min(columns, MaxColumns); q++)
        {
            if (q + 2 > Registers(set)) break;
            int rest = columns % q;
            double cycles = 0;
            foreach (PixelClass pixels in classes)
            {
                int vectors = pixels.SourceOffsets.Length * vectorsPerValue;
                cycles += (columns / q) * Vectors(set, q, vectors, pixels.Steps).Cycles;
                if (rest > 0) cycles += Vectors(set, rest, vectors, pixels.Steps).Cycles;
            }

            if (cycles < bestCycles) (best, bestCycles) = (q, cycles);
        }

        return best;
    }

    /// <summary>Vectors per tile for <paramref name="columns"/> columns and a count of vectors, with the estimated cycles.</summary>
    public static (int Vectors, double Cycles) Vectors(InstructionSet set, int columns, int vectors, int steps)
    {
        (int Vectors, double Cycles) best = (1, double.MaxValue);
        for (int p = 1; p <= Math.Min(vectors, MaxVectors) && Fits(set, p, columns); p++)
        {
            int rest = vectors % p;
            double cycles = (vectors / p * Tile(p, columns, steps)) + (rest > 0 ? Tile(rest, columns, steps) : 0);
            if (cycles < best.Cycles) best = (p, cycles);
        }

        return best;
    }

    /// <summary>
    /// Vectors per tile for a row of <paramref name="pixels"/> under a window that slides: as few loads and as little rest as the registers allow; in an input
    /// gradient all tiles of a row begin at the same phase.
    /// </summary>
    /// <param name="set">Instructions.</param>
    /// <param name="pixels">Results in a row.</param>
    /// <param name="slide">The window.</param>
    /// <param name="weights">Weights, or their sums, that are in registers at the same time.</param>
    public static int SlidingVectors(InstructionSet set, int pixels, TileSlide slide, int weights)
    {
        (int Vectors, double Cycles) best = (slide.IsGradient ? slide.Stride : 1, double.MaxValue);
        for (int p = 1; p <= Math.Min(pixels, Registers(set) - weights - 1); p++)
        {
            if (slide.IsGradient && p < pixels && p % slide.Stride > 0) continue;
            int rest = pixels % p;
            double cycles = (pixels / p * SlidingTile(p, slide)) + (rest > 0 ? SlidingTile(rest, slide) : 0);
            if (cycles < best.Cycles) best = (p, cycles);
        }

        return best.Vectors;
    }

    /// <summary>Rows of a sliding window whose weight gradients are summed up together: their sums take registers, and four vectors of dy, and one input.</summary>
    public static int SlidingRows(InstructionSet set, int rows, int taps) => Math.Clamp((Registers(set) - 5) / taps, 1, rows);

    /// <summary>Whether P·Q accumulators, P inputs and one operand fit the registers.</summary>
    public static bool Fits(InstructionSet set, int vectors, int columns) => vectors == 1
        ? columns + 2 <= Registers(set)
        : (vectors * columns) + vectors + 1 <= Registers(set);

    /// <summary>
    /// Taps and output channels per tile of a weight gradient. Every tile sweeps all steps, band by band, and at each band its sums are loaded and stored:
    /// wide tiles make short bands.
    /// </summary>
    /// <param name="set">Instructions.</param>
    /// <param name="groups">Sizes of the groups of taps that share a range.</param>
    /// <param name="columns">Output channels.</param>
    /// <param name="steps">Registers of one output channel.</param>
    /// <param name="bands">Bands for a number of columns per tile.</param>
    public static (int Taps, int Columns) ForWeights(InstructionSet set, int[] groups, int columns, int steps, Func<int, int> bands)
    {
        (int, int) best = (1, 1);
        double bestCycles = double.MaxValue;
        for (int p = 1; p <= MaxTaps; p++)
        {
            for (int q = 1; q <= Math.Min(columns, MaxColumns) && Fits(set, p, q); q++)
            {
                int visits = bands(q);
                double cycles = groups.Sum(taps => Sweep(p, q, taps, columns, (taps, width) => Visits(taps, width, steps, visits)));
                if (cycles < bestCycles) (best, bestCycles) = ((p, q), cycles);
            }
        }

        return best;
    }

    private static double Visits(int p, int q, int steps, int bands) => p == 0 || q == 0 ? 0 : (steps * Step(p, q)) + (bands * (VisitCycles + (1.5 * p * q)));

    private static double Sweep(int p, int q, int taps, int columns, Func<int, int, double> cost) =>
        (taps / p * (columns / q) * cost(p, q)) + (columns / q * cost(taps % p, q)) + (taps / p * cost(p, columns % q)) + cost(taps % p, columns % q);

    private static double Step(int p, int q) => p == 0 || q == 0 ? 0 : Math.Max(Math.Max(p * q, p + q) * 0.5, 4) + LoopCycles;

    private static int Registers(InstructionSet set) => set == InstructionSet.Avx512 ? 32 : 16;

    private static double SlidingTile(int p, TileSlide slide)
    {
        int multiplyAdds = p * slide.Taps / (slide.IsGradient ? slide.Stride : 1), loads = slide.Places(p) + slide.Taps;
        return (slide.Rows * ((Math.Max(multiplyAdds, loads) * 0.5) + LoopCycles)) + TileCycles + p;
    }

    private static double Tile(int p, int q, int steps) =>
        (steps * Step(p, q)) + TileCycles + (p * q);
}
