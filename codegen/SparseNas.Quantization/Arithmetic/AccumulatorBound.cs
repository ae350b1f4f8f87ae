namespace SparseNas.Quantization.Arithmetic;

/// <summary>
/// The range that an accumulator can take for any input, proved from the actual weights: acc = bias + Σ w·(x − zx) with x in 0 .. x's
/// largest code. Each tap adds between min(w·(0 − zx), w·(max − zx)) ≤ 0 and their maximum ≥ 0, so partial sums that start from the bias
/// stay inside the range in any order of taps, and so does a window that hangs over the border (padding adds 0).
/// </summary>
/// <param name="Minimum">Smallest value.</param>
/// <param name="Maximum">Largest value.</param>
public readonly record struct AccumulatorBound(long Minimum, long Maximum)
{
    /// <summary>The largest magnitude.</summary>
    public long Magnitude => Math.Max(Math.Abs(Minimum), Math.Abs(Maximum));

    /// <summary>Whether every value fits 32 bits.</summary>
    public bool FitsInt32 => Minimum >= int.MinValue && Maximum <= int.MaxValue;

    /// <summary>The range of one output channel's accumulator.</summary>
    /// <param name="kernel">Integer weights; the channel's weights lie together.</param>
    /// <param name="channel">Output channel.</param>
    /// <param name="input">Format of the input codes.</param>
    public static AccumulatorBound Of(IntegerKernel kernel, int channel, TensorFormat input)
    {
        int perChannel = kernel.Weights.Length / kernel.Biases.Length;
        long low = 0 - kernel.InputZeroPoint, high = input.Maximum - kernel.InputZeroPoint;
        long minimum = kernel.Biases[channel], maximum = minimum;
        foreach (sbyte weight in kernel.Weights.AsSpan().Slice(channel * perChannel, perChannel))
        {
            minimum += weight * (weight > 0 ? low : high);
            maximum += weight * (weight > 0 ? high : low);
        }

        return new AccumulatorBound(minimum, maximum);
    }

    /// <summary>The range of a sum of <paramref name="count"/> input codes less their zero point.</summary>
    public static AccumulatorBound OfSum(int count, int inputZeroPoint, TensorFormat input) =>
        new((long)count * (0 - inputZeroPoint), (long)count * (input.Maximum - inputZeroPoint));

    /// <summary>
    /// Whether acc · multiplier + 2^(shift − 1) fits 32 bits for every accumulator in the range, so that a device may requantise in
    /// 32-bit arithmetic.
    /// </summary>
    public bool RequantizesInInt32(int multiplier, int shift)
    {
        if (shift > 31) return false;
        long rounding = 1L << (shift - 1);
        return FitsInt32 && (Minimum * multiplier) + rounding >= int.MinValue && (Maximum * multiplier) + rounding <= int.MaxValue
            && Minimum * multiplier >= int.MinValue && Maximum * multiplier <= int.MaxValue;
    }
}
