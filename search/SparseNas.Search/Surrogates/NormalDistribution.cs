namespace SparseNas.Search;

/// <summary>The standard normal distribution.</summary>
public static class NormalDistribution
{
    /// <summary>Its density.</summary>
    public static double Density(double z) => Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI);

    /// <summary>The probability of a value below <paramref name="z"/>, to rounding.</summary>
    public static double Below(double z) => z < 0 ? Tail(-z) : 1 - Tail(z);

    /// <summary>The upper tail for z ≥ 0: a series near the middle, a continued fraction beyond it.</summary>
    private static double Tail(double z)
    {
        if (z > 38) return 0;
        if (z < 2.5)
        {
            double term = z, sum = z;   // Φ(z) − ½ = φ(z)·Σ z^(2k+1) / (1·3·…·(2k+1))
            for (int k = 1; k < 60; k++)
            {
                term *= z * z / ((2 * k) + 1);
                sum += term;
            }

            return 0.5 - (Density(z) * sum);
        }

        double fraction = 0;
        for (int k = 60; k >= 1; k--) fraction = k / (z + fraction);
        return Density(z) / (z + fraction);
    }
}
