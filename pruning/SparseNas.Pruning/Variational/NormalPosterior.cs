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

/// <summary>Independent normal posteriors N(mean, exp(logVariance)), moved by Adam; one sample at a time is alive.</summary>
/// <remarks>
/// Samples come in mirrored pairs, mean + σε and then mean − σε (antithetic variates, Hammersley and Morton 1956): what the gradient owes to ε to
/// first order cancels between two steps, which matters because one sample serves a whole batch.
/// </remarks>
internal sealed class NormalPosterior
{
    private const float StartLogVariance = -10f, LowestLogVariance = -20f;

    private readonly int count;
    private readonly Prior prior;
    private readonly float highestLogVariance;
    private readonly Vector256<float>[] means, meanFirst, meanSecond, logVariances, varianceFirst, varianceSecond, noises, samples, gradients;
    private bool isMirrored;

    public NormalPosterior(int count, Prior prior, float highestLogVariance)
    {
        this.count = count;
        this.prior = prior;
        this.highestLogVariance = highestLogVariance;
        Vector256<float>[] Zeros() => new Vector256<float>[(count + Vector256<float>.Count - 1) / Vector256<float>.Count];
        (means, meanFirst, meanSecond) = (Zeros(), Zeros(), Zeros());
        (logVariances, varianceFirst, varianceSecond) = (Zeros(), Zeros(), Zeros());
        (noises, samples, gradients) = (Zeros(), Zeros(), Zeros());
        logVariances.AsSpan().Fill(Vector256.Create(StartLogVariance));
    }

    public Span<float> Means => Floats(means);

    public Span<float> LogVariances => Floats(logVariances);

    /// <summary>The sample that the present step is taken at.</summary>
    public Span<float> Samples => Floats(samples);

    /// <summary>Gradients of the loss at the sample; write them before <see cref="Step"/>.</summary>
    public Span<float> Gradients => Floats(gradients);

    /// <summary>log α = log σ² − log mean².</summary>
    public float LogAlpha(int index) => LogVariances[index] - MathF.Log((Means[index] * Means[index]) + LogUniformDivergence.SquareEpsilon);

    /// <summary>Draws mean + σε with a fresh ε, and every second time with the last ε mirrored.</summary>
    public void Draw(NormalNoise noise)
    {
        if (!isMirrored) noise.Fill(Floats(noises));
        float sign = isMirrored ? -1 : 1;
        for (int at = 0; at < samples.Length; at++)
        {
            samples[at] = means[at] + (noises[at] * Vector256.Exp(logVariances[at] * 0.5f) * sign);
        }

        isMirrored = !isMirrored;
    }

    /// <summary>One Adam step of means and log variances on loss + kl·KL.</summary>
    public void Step(AdamStep meanStep, AdamStep varianceStep, float kl)
    {
        for (int at = 0; at < means.Length; at++)
        {
            (Vector256<float> mean, Vector256<float> variance) = Gradient(prior, means[at], logVariances[at], samples[at], gradients[at], kl);
            means[at] += meanStep.Move(mean, ref meanFirst[at], ref meanSecond[at]);
            Vector256<float> moved = logVariances[at] + varianceStep.Move(variance, ref varianceFirst[at], ref varianceSecond[at]);
            logVariances[at] = Vector256.Min(Vector256.Max(moved, Vector256.Create(LowestLogVariance)), Vector256.Create(highestLogVariance));
        }
    }

    /// <summary>
    /// Gradients of loss(sample) + kl·KL by mean and by log variance, where sample = mean + σε moves with both:
    /// ∂mean = g + kl·∂KL/∂mean, ∂log σ² = ½·g·(sample − mean) + kl·∂KL/∂log σ². For the log-uniform prior KL depends on log α alone; for the
    /// standard normal KL = ½·(σ² + mean² − 1 − log σ²).
    /// </summary>
    internal static (Vector256<float> Mean, Vector256<float> LogVariance) Gradient(
        Prior prior, Vector256<float> mean, Vector256<float> logVariance, Vector256<float> sample, Vector256<float> g, float kl)
    {
        Vector256<float> reparameterised = g * (sample - mean) * 0.5f;
        if (prior == Prior.StandardNormal)
        {
            return (g + (mean * kl), reparameterised + ((Vector256.Exp(logVariance) - Vector256<float>.One) * (0.5f * kl)));
        }

        Vector256<float> square = (mean * mean) + Vector256.Create(LogUniformDivergence.SquareEpsilon);
        Vector256<float> slope = LogUniformDivergence.Slope(logVariance - Vector256.Log(square)) * kl;
        return (g - (slope * mean * 2f / square), reparameterised + slope);
    }

    private Span<float> Floats(Vector256<float>[] vectors) => MemoryMarshal.Cast<Vector256<float>, float>(vectors.AsSpan())[..count];
}
