using SparseNas.Quantization;
using SparseNas.Quantization.Arithmetic;

namespace SparseNas.Codegen.Emission.Requantizing;

/// <summary>
/// A requantisation in 32 bits: (accumulator · Factor + Offset) / Divisor, clamped, gives the same code as the 64-bit definition for every
/// accumulator in a range. Multiplier / 2^shift is replaced by a fraction with a small numerator: codes change at no more than 255 accumulators,
/// and a fraction that puts each of these steps at the right integer is found among the first few hundred (three-distance theorem).
/// </summary>
/// <param name="Factor">k, positive.</param>
/// <param name="Offset">c.</param>
/// <param name="Divisor">d, positive. The quotient is rounded towards zero, which is below the smallest code where it matters.</param>
public readonly record struct RatioRequantization(int Factor, int Offset, int Divisor)
{
    private const int LargestFactor = 1024;

    /// <summary>The fraction with the smallest factor that equals <paramref name="requantization"/> on a range, or null when there is none.</summary>
    /// <param name="requantization">The definition.</param>
    /// <param name="channel">Output channel.</param>
    /// <param name="range">Accumulators that can occur.</param>
    public static RatioRequantization? Find(Requantization requantization, int channel, AccumulatorBound range)
    {
        long multiplier = requantization.Multiplier(channel);
        if (multiplier == 0 || !range.FitsInt32) return null;
        Steps steps = Steps.Of(requantization, multiplier, range);
        double width = Math.ScaleB(1.0, requantization.Shift) / multiplier;
        if (width > int.MaxValue) return null;
        for (int factor = 1; factor <= LargestFactor; factor++)
        {
            double exact = factor * width;
            long nearest = (long)Math.Round(exact);
            for (long divisor = Math.Max(nearest - 1, 1); divisor <= nearest + 1; divisor++)
            {
                if (Math.Abs(divisor - exact) * steps.Count > 2.0 * factor + 2) continue;   // the last step would be a whole accumulator off
                if (steps.Offset(factor, divisor) is { } offset && Fits(range, factor, offset, divisor))
                {
                    return new RatioRequantization(factor, (int)offset, (int)divisor);
                }
            }

            if (exact > int.MaxValue) break;
        }

        return null;
    }

    /// <summary>The quotients of the range's ends, before clamping.</summary>
    public (long Lowest, long Highest) Quotients(AccumulatorBound range) =>
        (((range.Minimum * Factor) + Offset) / Divisor, ((range.Maximum * Factor) + Offset) / Divisor);

    private static bool Fits(AccumulatorBound range, long factor, long offset, long divisor) =>
        divisor <= int.MaxValue && offset is >= int.MinValue and <= int.MaxValue
        && (range.Minimum * factor) + offset >= int.MinValue && (range.Maximum * factor) + offset <= int.MaxValue;

    /// <summary>The smallest accumulator of each code that the range reaches.</summary>
    private readonly record struct Steps(int FirstCode, long[] Accumulators, bool OpenBelow, bool OpenAbove)
    {
        public int Count => Accumulators.Length;

        /// <summary>Codes above the smallest; the first whose step lies below the range stands for all before it, the last above for all behind.</summary>
        public static Steps Of(Requantization requantization, long multiplier, AccumulatorBound range)
        {
            List<long> accumulators = [];
            int first = requantization.Minimum + 1;
            bool openBelow = false, openAbove = false;
            for (int code = requantization.Minimum + 1; code <= requantization.Maximum; code++)
            {
                long numerator = ((long)(code - requantization.ZeroPoint) << requantization.Shift) - (1L << (requantization.Shift - 1));
                long step = CeilingDivide(numerator, multiplier);
                if (step <= range.Minimum)
                {
                    accumulators.Clear();
                    first = code;
                    openBelow = true;
                    accumulators.Add(range.Minimum);
                }
                else if (step > range.Maximum)
                {
                    accumulators.Add(range.Maximum + 1);
                    openAbove = true;
                    break;
                }
                else
                {
                    accumulators.Add(step);
                }
            }

            return new Steps(first, [.. accumulators], openBelow, openAbove);
        }

        /// <summary>
        /// An offset c with step·k + c ≥ q·d and (step − 1)·k + c &lt; q·d for every code q; null when there is none. A step at the range's lower
        /// end asks for the first only, one above its upper end for the second only.
        /// </summary>
        public long? Offset(long factor, long divisor)
        {
            long least = long.MinValue, most = long.MaxValue;
            for (int at = 0; at < Accumulators.Length; at++)
            {
                long aim = ((FirstCode + at) * divisor) - (Accumulators[at] * factor);
                if (!(OpenAbove && at == Accumulators.Length - 1)) least = Math.Max(least, aim);
                if (!(OpenBelow && at == 0)) most = Math.Min(most, aim + factor - 1);
                if (least > most) return null;
            }

            return least != long.MinValue ? least : most != long.MaxValue ? most : 0;
        }

        private static long CeilingDivide(long numerator, long denominator) =>
            (numerator / denominator) + (numerator % denominator > 0 ? 1 : 0);
    }
}
