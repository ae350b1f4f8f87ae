namespace SparseNas.Pruning;

/// <summary>
/// One positive variable with log s ~ N(mean, σ²) under Γ(½, scale) or IΓ(½, 1). With S = s or 1/s, which has log-mean ±mean, the divergence is
/// E[S]/scale − ½·(±mean + log σ² + 1 + log 2 − log scale), E[S] = exp(±mean + σ²/2) (Louizos et al. 2017, appendix on the horseshoe prior).
/// </summary>
internal sealed class LogNormalScale
{
    private const float FirstDecay = 0.9f, SecondDecay = 0.999f, LargestVariance = 4f;

    private readonly float sign;
    private readonly float scale;
    private float logVariance;
    private float meanFirst, meanSecond, varianceFirst, varianceSecond;

    private LogNormalScale(float sign, float scale, float startLogVariance)
    {
        (this.sign, this.scale) = (sign, scale);
        (logVariance, Variance) = (startLogVariance, MathF.Exp(startLogVariance));
    }

    /// <summary>Mean of the logarithm, 0 at first.</summary>
    public float Mean { get; private set; }

    /// <summary>Variance of the logarithm.</summary>
    public float Variance { get; private set; }

    /// <summary>Under Γ(½, <paramref name="scale"/>).</summary>
    public static LogNormalScale Gamma(float startLogVariance, float scale) => new(1, scale, startLogVariance);

    /// <summary>Under IΓ(½, 1).</summary>
    public static LogNormalScale InverseGamma(float startLogVariance) => new(-1, 1, startLogVariance);

    /// <summary>The divergence of one posterior.</summary>
    /// <param name="sign">1 for gamma, −1 for inverse gamma.</param>
    /// <param name="scale">Scale of the gamma distribution.</param>
    /// <param name="mean">Mean of the logarithm.</param>
    /// <param name="logVariance">Logarithm of its variance.</param>
    public static double Divergence(double sign, double scale, double mean, double logVariance) =>
        (Math.Exp((sign * mean) + (0.5 * Math.Exp(logVariance))) / scale)
        - (0.5 * ((sign * mean) + logVariance + 1 + Math.Log(2) - Math.Log(scale)));

    /// <summary>Its gradient by mean and by log variance.</summary>
    public static (double Mean, double LogVariance) Slope(double sign, double scale, double mean, double logVariance)
    {
        double variance = Math.Exp(logVariance), expectation = Math.Exp((sign * mean) + (0.5 * variance)) / scale;
        return (sign * (expectation - 0.5), 0.5 * ((variance * expectation) - 1));
    }

    /// <summary>One Adam step from the gradients of the loss by mean and by variance.</summary>
    public void Step(float meanGradient, float varianceGradient, AdamStep meanStep, AdamStep varianceStep, float kl)
    {
        (double byMean, double byLogVariance) = Slope(sign, scale, Mean, logVariance);
        Mean += Move(meanStep, meanGradient + (kl * (float)byMean), ref meanFirst, ref meanSecond);
        logVariance += Move(varianceStep, (varianceGradient * Variance) + (kl * (float)byLogVariance), ref varianceFirst, ref varianceSecond);
        logVariance = Math.Clamp(logVariance, -20f, MathF.Log(LargestVariance));
        Variance = MathF.Exp(logVariance);
    }

    private static float Move(AdamStep step, float gradient, ref float first, ref float second)
    {
        first = (first * FirstDecay) + (gradient * (1 - FirstDecay));
        second = (second * SecondDecay) + (gradient * gradient * (1 - SecondDecay));
        return step.Rate * -first / ((MathF.Sqrt(second) * step.VarianceScale) + 1e-8f);
    }
}
