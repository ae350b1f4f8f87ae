using SparseNas.Networks;

namespace SparseNas.Training.Engine;

/// <summary>The symmetric Beta distribution.</summary>
internal static class Beta
{
    /// <summary>A draw from Beta(α, α) by the ratio of two gamma variates (Marsaglia and Tsang 2000).</summary>
    public static float Draw(double alpha, SeededRandom random)
    {
        double x = Gamma(alpha, random), y = Gamma(alpha, random);
        return x + y > 0 ? (float)(x / (x + y)) : random.Next(2);
    }

    private static double Gamma(double alpha, SeededRandom random)
    {
        if (alpha < 1) return Gamma(alpha + 1, random) * Math.Pow(1 - random.NextDouble(), 1 / alpha);
        double d = alpha - (1.0 / 3), c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double normal = random.NextNormal(), v = Math.Pow(1 + (c * normal), 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < (0.5 * normal * normal) + d - (d * v) + (d * Math.Log(v))) return d * v;
        }
    }
}
