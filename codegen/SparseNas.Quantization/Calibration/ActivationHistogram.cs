using System.Numerics;

namespace SparseNas.Quantization.Calibration;

/// <summary>
/// What one tensor held over the calibration samples: first its extremes and the mean of each element, then, in a second pass over the same
/// values, how often each of <see cref="Bins"/> equal steps between the extremes occurred.
/// </summary>
public sealed class ActivationHistogram
{
    /// <summary>Number of steps.</summary>
    public const int Bins = 2048;

    private readonly long[] counts = new long[Bins];
    private float[] sums = [];
    private int samples;

    /// <summary>Smallest value seen, at most 0.</summary>
    public float Minimum { get; private set; }

    /// <summary>Largest value seen, at least 0.</summary>
    public float Maximum { get; private set; }

    /// <summary>How often each step occurred.</summary>
    public ReadOnlySpan<long> Counts => counts;

    /// <summary>First pass: widens the extremes, which always include 0 as every format does, and adds up each element.</summary>
    /// <param name="values">One sample, always of the same length.</param>
    /// <exception cref="ArgumentException">A value is not finite, or the length differs.</exception>
    public void Widen(ReadOnlySpan<float> values)
    {
        if (samples++ == 0) sums = new float[values.Length];
        if (values.Length != sums.Length)
        {
            throw new ArgumentException($"Every sample of a tensor has {sums.Length} values, but one has {values.Length}.", nameof(values));
        }

        Vector<float> low = Vector<float>.Zero, high = Vector<float>.Zero, largest = new(float.MaxValue);
        bool finite = true;
        int index = 0;
        for (; index <= values.Length - Vector<float>.Count; index += Vector<float>.Count)
        {
            Vector<float> value = new(values[index..]);
            finite &= Vector.LessThanOrEqualAll(Vector.Abs(value), largest);
            low = Vector.Min(low, value);
            high = Vector.Max(high, value);
            (new Vector<float>(sums, index) + value).CopyTo(sums, index);
        }

        for (; index < values.Length; index++)
        {
            finite &= float.IsFinite(values[index]);
            Minimum = Math.Min(Minimum, values[index]);
            Maximum = Math.Max(Maximum, values[index]);
            sums[index] += values[index];
        }

        if (!finite) throw new ArgumentException("Activations must be finite, but one is not: the network diverged.", nameof(values));
        for (int lane = 0; lane < Vector<float>.Count; lane++)
        {
            Minimum = Math.Min(Minimum, low[lane]);
            Maximum = Math.Max(Maximum, high[lane]);
        }
    }

    /// <summary>Second pass over the same values.</summary>
    public void Count(ReadOnlySpan<float> values)
    {
        float width = Maximum - Minimum;
        if (width == 0) return;
        float perUnit = Bins / width;
        foreach (float value in values) counts[Math.Clamp((int)((value - Minimum) * perUnit), 0, Bins - 1)]++;
    }

    /// <summary>The mean of each element over the samples, NHWC; empty when none was seen.</summary>
    public float[] Means() => [.. sums.Select(sum => sum / samples)];

    /// <summary>The middle of step <paramref name="bin"/>.</summary>
    public double Middle(int bin) => Minimum + ((bin + 0.5) * ((double)Maximum - Minimum) / Bins);
}
