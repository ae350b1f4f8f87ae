using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission;

/// <summary>The values that an accumulator can take for any input, proved from the actual weights.</summary>
/// <param name="Minimum">Smallest value.</param>
/// <param name="Maximum">Largest value.</param>
public readonly record struct AccumulatorRange(long Minimum, long Maximum)
{
    /// <summary>Whether 32 bits hold every value.</summary>
    public bool FitsInt => Minimum >= int.MinValue && Maximum <= int.MaxValue;

    /// <summary>The union of both ranges.</summary>
    public AccumulatorRange Join(AccumulatorRange other) => new(Math.Min(Minimum, other.Minimum), Math.Max(Maximum, other.Maximum));

    /// <summary>
    /// Range of one output channel: bias + Σ w·(x − zx) with x in 0 .. its largest code. A tap in the padding adds 0, which lies between its extremes.
    /// </summary>
    /// <param name="kernel">Integer weights, those of a channel together.</param>
    /// <param name="channel">Output channel.</param>
    /// <param name="inputMaximum">Largest input code.</param>
    public static AccumulatorRange Of(IntegerKernel kernel, int channel, int inputMaximum)
    {
        int taps = kernel.Weights.Length / kernel.Biases.Length;
        long low = -kernel.InputZeroPoint, high = inputMaximum - kernel.InputZeroPoint;
        long minimum = kernel.Biases[channel], maximum = minimum;
        foreach (sbyte weight in kernel.Weights.AsSpan().Slice(channel * taps, taps))
        {
            minimum += weight * (weight > 0 ? low : high);
            maximum += weight * (weight > 0 ? high : low);
        }

        return new AccumulatorRange(minimum, maximum);
    }

    /// <summary>Range over all channels of an operator that accumulates.</summary>
    public static AccumulatorRange Of(OperatorSite site) => site.Operator switch
    {
        QuantizedKernel op => Enumerable.Range(0, op.Kernel.Biases.Length)
            .Select(channel => Of(op.Kernel, channel, site.InputMaximum)).Aggregate((all, next) => all.Join(next)),
        QuantizedMean op => OfSum(site.Windows.Rows.Kernel * site.Windows.Columns.Kernel, op.InputZeroPoint, site.InputMaximum),
        _ => throw new InvalidOperationException($"{site.Place} has no accumulators."),
    };

    private static AccumulatorRange OfSum(int count, int zeroPoint, int maximum) => new((long)count * -zeroPoint, (long)count * (maximum - zeroPoint));
}
