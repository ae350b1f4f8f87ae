using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SparseNas.Pruning;

/// <summary>
/// Divergence of a normal posterior N(θ, αθ²) from the log-uniform prior as a function of log α, up to a constant (Molchanov et al. 2017,
/// equation 14): KL ≈ k1 − k1·σ(k2 + k3·log α) + ½·log(1 + 1/α), with k1 = 0.63576, k2 = 1.87320, k3 = 1.48695. It falls to 0 as α grows.
/// </summary>
internal static class LogUniformDivergence
{
    /// <summary>Added to θ² so that log α is finite at θ = 0.</summary>
    public const float SquareEpsilon = 1e-8f;

    private const float K1 = 0.63576f, K2 = 1.87320f, K3 = 1.48695f;

    /// <summary>KL at one log α.</summary>
    public static double Value(double logAlpha) =>
        K1 - (K1 / (1 + Math.Exp(-(K2 + (K3 * logAlpha))))) + (0.5 * Math.Log(1 + Math.Exp(-logAlpha)));

    /// <summary>
    /// d KL / d log α = −k1·k3·s·(1 − s) − ½·σ(−log α) with s = σ(k2 + k3·log α), for sixteen values of α = variance / square; in s, log α beyond
    /// ±20 counts as ±20, where it has reached its limits. With e = exp(−k2 − k3·log α) it is −(k1·k3·e·(square + variance) + ½·square·(1 + e)²)
    /// over (square + variance)·(1 + e)².
    /// </summary>
    /// <param name="logVariance">log σ².</param>
    /// <param name="variance">σ², its exponential.</param>
    /// <param name="square">θ² + <see cref="SquareEpsilon"/>.</param>
    /// <returns>The slope, and the slope divided by <paramref name="square"/>, which the gradient by θ needs: both for one division.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Slope, Vector512<float> OverSquare) Slope(
        Vector512<float> logVariance, Vector512<float> variance, Vector512<float> square)
    {
        Vector512<float> one = Vector512<float>.One, logAlpha = logVariance - Vector512.Log(square);
        logAlpha = Vector512.Min(Vector512.Max(logAlpha, Vector512.Create(-20f)), Vector512.Create(20f));
        Vector512<float> e = Vector512.Exp((logAlpha * -K3) - Vector512.Create(K2)), sum = square + variance, power = (one + e) * (one + e);
        Vector512<float> overSquare = -((e * sum * (K1 * K3)) + (square * power * 0.5f)) / (sum * power * square);
        return (overSquare * square, overSquare);
    }
}
