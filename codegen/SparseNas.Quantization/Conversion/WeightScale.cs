namespace SparseNas.Quantization.Conversion;

/// <summary>
/// The step of a weight grid: w ≈ scale · k, k among the codes of the width (<see cref="WeightWidth"/>). At 8 bits the largest weight is on the grid's end; below,
/// where every code counts, the scale with the least squared error is searched (each candidate refined as in Lloyd 1982: the best scale
/// for given codes is Σwk / Σk²). Weights that are on a grid already keep it: the codes of a network trained on its grid are the trained
/// ones.
/// </summary>
public static class WeightScale
{
    private const int Refinements = 4;
    private const int Shrinkings = 24;

    /// <summary>The scale for <paramref name="weights"/>; 0 when all are 0.</summary>
    /// <param name="weights">One channel, or a tensor with one scale.</param>
    /// <param name="bits">One of <see cref="WeightWidth.All"/>.</param>
    public static double Fit(ReadOnlySpan<float> weights, int bits)
    {
        double largest = 0, power = 0;
        foreach (float weight in weights)
        {
            largest = Math.Max(largest, Math.Abs(weight));
            power += (double)weight * weight;
        }

        int codes = WeightWidth.Largest(bits);
        if (bits == 8 || largest == 0) return largest / codes;
        double best = largest / codes, least = double.PositiveInfinity;
        for (int candidate = 0; candidate < codes + Shrinkings; candidate++)
        {
            double start = candidate < codes ? largest / (codes - candidate)
                : largest / codes * (1 - (0.75 * (candidate - codes) / Shrinkings));
            (double scale, double error) = Refine(weights, start, bits);
            if (error < least) (least, best) = (error, scale);
            if (error <= 1e-10 * power) break;   // on this grid already
        }

        return best;
    }

    /// <summary>The nearest code to <paramref name="weight"/>, halves away from zero.</summary>
    public static int Code(float weight, double scale, int bits)
    {
        return scale == 0 ? 0
            : (int)Math.Clamp(Math.Round(weight / scale, MidpointRounding.AwayFromZero), WeightWidth.Smallest(bits), WeightWidth.Largest(bits));
    }

    private static (double Scale, double Error) Refine(ReadOnlySpan<float> weights, double start, int bits)
    {
        int smallest = WeightWidth.Smallest(bits), largest = WeightWidth.Largest(bits);
        (double Scale, double Error) best = (start, double.PositiveInfinity);
        double scale = start;
        for (int round = 0; round < Refinements; round++)
        {
            double error = 0, product = 0, square = 0;
            foreach (float weight in weights)
            {
                double code = Math.Clamp(Math.Round(weight / scale, MidpointRounding.AwayFromZero), smallest, largest);
                double difference = weight - (scale * code);
                error += difference * difference;
                product += weight * code;
                square += code * code;
            }

            if (error < best.Error) best = (scale, error);
            if (square == 0 || product / square == scale) break;
            scale = product / square;
        }

        return best;
    }
}
