namespace SparseNas.Quantization.Calibration;

/// <summary>Chooses the format of an activation tensor from what it was seen to hold.</summary>
public static class RangeChoice
{
    /// <summary>Ranges tried by the squared-error search: from all down to a fifth of what was seen.</summary>
    private const int Candidates = 80;

    /// <summary>The format of a tensor.</summary>
    /// <param name="seen">Both passes over the tensor's values.</param>
    /// <param name="bits">4 to 8.</param>
    /// <param name="clampsAtZero">Whether negative values become 0 (a ReLU): then the zero point is 0 and every code is used.</param>
    /// <param name="options">Method and its number.</param>
    public static TensorFormat Choose(ActivationHistogram seen, int bits, bool clampsAtZero, QuantizationOptions options)
    {
        double low = clampsAtZero ? 0 : seen.Minimum, high = seen.Maximum;
        if (high - low <= 0) return new TensorFormat(bits, 1f / ((1 << bits) - 1), 0);   // nothing but zeros was seen
        (low, high) = options.Calibration switch
        {
            CalibrationMethod.MinMax => (low, high),
            CalibrationMethod.Percentile => Percentile(seen, low, high, options.ClippedShare),
            CalibrationMethod.MeanSquaredError => LeastSquares(seen, low, high, bits),
            _ => throw new InvalidOperationException($"Calibration method {options.Calibration} is unknown."),
        };
        return Format(low, high, bits);
    }

    /// <summary>
    /// The format whose codes reach from <paramref name="low"/> ≤ 0 to <paramref name="high"/> ≥ 0, with 0 exactly on a code.
    /// </summary>
    public static TensorFormat Format(double low, double high, int bits)
    {
        int maximum = (1 << bits) - 1;
        double scale = (high - low) / maximum;
        return new TensorFormat(bits, (float)scale, Math.Clamp((int)Math.Round(-low / scale), 0, maximum));
    }

    private static (double Low, double High) Percentile(ActivationHistogram seen, double low, double high, double share)
    {
        ReadOnlySpan<long> counts = seen.Counts;
        long total = 0;
        foreach (long count in counts) total += count;
        long allowed = (long)(share * total), below = 0, above = 0;
        int first = 0, last = counts.Length - 1;
        while (first < last && below + counts[first] <= allowed) below += counts[first++];
        while (last > first && above + counts[last] <= allowed) above += counts[last--];
        return (Math.Min(0, Math.Max(low, seen.Middle(first))), Math.Max(0, Math.Min(high, seen.Middle(last))));
    }

    private static (double Low, double High) LeastSquares(ActivationHistogram seen, double low, double high, int bits)
    {
        (double Low, double High) best = (low, high);
        double least = double.PositiveInfinity;
        for (int candidate = 0; candidate < Candidates; candidate++)
        {
            double factor = 1 - (0.8 * candidate / Candidates);
            double error = SquaredError(seen, Format(low * factor, high * factor, bits));
            if (error < least) (least, best) = (error, (low * factor, high * factor));
        }

        return best;
    }

    private static double SquaredError(ActivationHistogram seen, TensorFormat format)
    {
        double error = 0;
        ReadOnlySpan<long> counts = seen.Counts;
        for (int bin = 0; bin < counts.Length; bin++)
        {
            if (counts[bin] == 0) continue;
            double real = seen.Middle(bin), difference = real - format.ToReal(format.ToCode((float)real));
            error += counts[bin] * difference * difference;
        }

        return error;
    }
}
