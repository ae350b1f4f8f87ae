using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SparseNas.Pruning;

/// <summary>What a posterior is held against.</summary>
internal enum Prior
{
    /// <summary>p(w) ∝ 1 / |w|, which prunes.</summary>
    LogUniform,

    /// <summary>N(0, 1), which regularises.</summary>
    StandardNormal,
}

/// <summary>Independent normal posteriors N(mean, σ²), moved by Adam in mean and log σ².</summary>
internal sealed class NormalPosterior
{
    private const float LowestLogVariance = -20f;

    private readonly int count;
    private readonly Prior prior;
    private readonly float highestLogVariance;
    private readonly float logAlphaBound;
    private readonly Vector512<float>[] means, meanFirst, meanSecond, logVariances, varianceFirst, varianceSecond, variances, gradients, varianceGradients;
    private Vector512<float>[]? alive;

    /// <summary>Posteriors of mean 0.</summary>
    /// <param name="count">How many.</param>
    /// <param name="prior">What they are held against.</param>
    /// <param name="startLogVariance">log σ² at the start.</param>
    /// <param name="highestLogVariance">log σ² is held from −20 to this.</param>
    /// <param name="logAlphaBound">log α is held within ± this by moving log σ²; infinite for no bound.</param>
    public NormalPosterior(int count, Prior prior, float startLogVariance, float highestLogVariance, float logAlphaBound = float.PositiveInfinity)
    {
        this.count = count;
        this.prior = prior;
        this.highestLogVariance = highestLogVariance;
        this.logAlphaBound = logAlphaBound;
        Vector512<float>[] Zeros() => new Vector512<float>[(count + Vector512<float>.Count - 1) / Vector512<float>.Count];
        (means, meanFirst, meanSecond) = (Zeros(), Zeros(), Zeros());
        (logVariances, varianceFirst, varianceSecond) = (Zeros(), Zeros(), Zeros());
        (variances, gradients, varianceGradients) = (Zeros(), Zeros(), Zeros());
        logVariances.AsSpan().Fill(Vector512.Create(startLogVariance));
        variances.AsSpan().Fill(Vector512.Create(MathF.Exp(startLogVariance)));
    }

    public Span<float> Means => Floats(means);

    public Span<float> LogVariances => Floats(logVariances);

    /// <summary>σ², which <see cref="Step"/> keeps equal to the exponential of <see cref="LogVariances"/>, but 0 for dead weights.</summary>
    public Span<float> Variances => Floats(variances);

    /// <summary>Gradients of the expected loss by the means; write them before <see cref="Step"/>.</summary>
    public Span<float> Gradients => Floats(gradients);

    /// <summary>Gradients of the expected loss by σ²; write them before <see cref="Step"/>.</summary>
    public Span<float> VarianceGradients => Floats(varianceGradients);

    /// <summary>Weights that an earlier pruning left at 0 (mask false) get no variance, so that they stay dead.</summary>
    public void Restrict(ReadOnlySpan<bool> mask)
    {
        if (!mask.Contains(false)) return;
        alive = new Vector512<float>[means.Length];
        Span<float> ones = Floats(alive);
        for (int index = 0; index < mask.Length; index++) ones[index] = mask[index] ? 1 : 0;
        for (int at = 0; at < alive.Length; at++) variances[at] *= alive[at];
    }

    /// <summary>log α = log σ² − log mean².</summary>
    public float LogAlpha(int index) => LogVariances[index] - MathF.Log((Means[index] * Means[index]) + LogUniformDivergence.SquareEpsilon);

    /// <summary>One Adam step of means and log variances on loss + kl·KL.</summary>
    public void Step(AdamStep meanStep, AdamStep varianceStep, float kl)
    {
        Vector512<float> lowest = Vector512.Create(LowestLogVariance), highest = Vector512.Create(highestLogVariance);
        for (int at = 0; at < means.Length; at++)
        {
            (Vector512<float> mean, Vector512<float> variance) = Gradient(
                prior, means[at], logVariances[at], variances[at], gradients[at], varianceGradients[at], kl);
            (Vector512<float> meanMove, Vector512<float> varianceMove) = AdamStep.Divide(
                meanStep.Move(mean, ref meanFirst[at], ref meanSecond[at]), varianceStep.Move(variance, ref varianceFirst[at], ref varianceSecond[at]));
            means[at] += meanMove;
            Vector512<float> moved = logVariances[at] + varianceMove;
            if (float.IsFinite(logAlphaBound)) moved = Bounded(moved, means[at]);
            logVariances[at] = Vector512.Min(Vector512.Max(moved, lowest), highest);
            variances[at] = Vector512.Exp(logVariances[at]);
            if (alive is not null) variances[at] *= alive[at];
        }
    }

    /// <summary>
    /// Gradients of loss + kl·KL by mean and by log σ², from those of the loss by mean, g, and by σ², h: ∂mean = g + kl·∂KL/∂mean,
    /// ∂log σ² = h·σ² + kl·∂KL/∂log σ². For the log-uniform prior KL depends on log α alone; for the standard normal
    /// KL = ½·(σ² + mean² − 1 − log σ²).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector512<float> Mean, Vector512<float> LogVariance) Gradient(
        Prior prior, Vector512<float> mean, Vector512<float> logVariance, Vector512<float> variance, Vector512<float> g, Vector512<float> h, float kl)
    {
        Vector512<float> byLogVariance = h * variance;
        if (prior == Prior.StandardNormal) return (g + (mean * kl), byLogVariance + ((variance - Vector512<float>.One) * (0.5f * kl)));
        Vector512<float> square = (mean * mean) + Vector512.Create(LogUniformDivergence.SquareEpsilon);
        (Vector512<float> slope, Vector512<float> overSquare) = LogUniformDivergence.Slope(logVariance, variance, square);
        return (g - (overSquare * mean * (2f * kl)), byLogVariance + (slope * kl));
    }

    private Vector512<float> Bounded(Vector512<float> logVariance, Vector512<float> mean)
    {
        Vector512<float> logSquare = Vector512.Log((mean * mean) + Vector512.Create(LogUniformDivergence.SquareEpsilon));
        return Vector512.Min(Vector512.Max(logVariance, logSquare - Vector512.Create(logAlphaBound)), logSquare + Vector512.Create(logAlphaBound));
    }

    private Span<float> Floats(Vector512<float>[] vectors) => MemoryMarshal.Cast<Vector512<float>, float>(vectors.AsSpan())[..count];
}
