namespace SparseNas.Quantization.Calibration;

/// <summary>
/// What one tensor held over the calibration samples: first its extremes, then, in a second pass over the same values, how often each of
/// <see cref="Bins"/> equal steps between them occurred.
/// </summary>
public sealed class ActivationHistogram
{
    /// <summary>Number of steps.</summary>
    public const int Bins = 2048;

    private readonly long[] counts = new long[Bins];

    /// <summary>Smallest value seen, at most 0.</summary>
    public float Minimum { get; private set; }

    /// <summary>Largest value seen, at least 0.</summary>
    public float Maximum { get; private set; }

    /// <summary>How often each step occurred.</summary>
    public ReadOnlySpan<long> Counts => counts;

    /// <summary>First pass: widens the extremes; both always include 0, which every format must represent.</summary>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public void Widen(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                throw new ArgumentException($"Activations must be finite, but one is {value}: the network diverged.");
            Minimum = Math.Min(Minimum, value);
            Maximum = Math.Max(Maximum, value);
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

    /// <summary>The middle of step <paramref name="bin"/>.</summary>
    public double Middle(int bin) => Minimum + ((bin + 0.5) * ((double)Maximum - Minimum) / Bins);
}
