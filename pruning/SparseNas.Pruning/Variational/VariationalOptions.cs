namespace SparseNas.Pruning;

/// <summary>
/// What the Bayesian methods share. A run has three parts: before <see cref="Start"/> the network trains without noise; until <see cref="End"/>
/// means and variances are stepped by an Adam of their own while layers draw their outputs; then what passes the threshold is removed and the
/// surviving means train on without noise. The training options rule the first and the last part, and biases and batch norm in all three.
/// </summary>
public sealed record VariationalOptions
{
    /// <summary>Adam's learning rate for means, positive; it falls linearly to 0 at <see cref="End"/>.</summary>
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>Adam's learning rate for log variances, positive; larger, because they travel far from their start.</summary>
    public float VarianceLearningRate { get; init; } = 1e-2f;

    /// <summary>log σ² at the start, −20 to 0.</summary>
    public float StartLogVariance { get; init; } = -10;

    /// <summary>Weight of the divergence in the objective; 1 is the variational bound, more prunes harder. Not negative.</summary>
    public float KlWeight { get; init; } = 1;

    /// <summary>Share of all steps before noise and divergence begin, 0 to 1 exclusive.</summary>
    public double Start { get; init; }

    /// <summary>Share of all steps over which the divergence's weight then rises linearly from 0.</summary>
    public double WarmUp { get; init; } = 0.3;

    /// <summary>Share of all steps after which the mask is set, beyond <see cref="Start"/> and the warm-up, to 1.</summary>
    public double End { get; init; } = 0.85;

    /// <summary>A weight or group whose log α = log σ² − log θ² passes this is removed; 3 is a binary dropout rate above 0.95.</summary>
    public float LogAlphaThreshold { get; init; } = 3;

    internal int StartStep(int totalSteps) => (int)(Start * totalSteps);

    internal int EndStep(int totalSteps) => Math.Max(StartStep(totalSteps) + 1, (int)Math.Ceiling(End * totalSteps));

    /// <summary>Weight of the divergence after <paramref name="step"/> steps.</summary>
    internal float KlWeightAt(int step, int totalSteps) =>
        KlWeight * (float)Math.Min(1, WarmUp == 0 ? 1 : (step - StartStep(totalSteps)) / (WarmUp * totalSteps));

    /// <summary>Both learning rates fall together.</summary>
    internal float Decay(int step, int totalSteps)
    {
        int start = StartStep(totalSteps);
        return 1 - ((step - start) / (float)(EndStep(totalSteps) - start));
    }

    internal void Check()
    {
        if (!(LearningRate > 0 && VarianceLearningRate > 0 && KlWeight >= 0 && float.IsFinite(LearningRate + VarianceLearningRate + KlWeight)))
        {
            throw new ArgumentOutOfRangeException(nameof(LearningRate),
                $"learning rates > 0 and KL weight >= 0 must hold, but got {LearningRate}, {VarianceLearningRate} and {KlWeight}");
        }

        if (!(Start >= 0 && WarmUp >= 0 && Start < End && Start + WarmUp <= End && End <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(WarmUp),
                $"0 <= start, start + warm-up <= end <= 1 and start < end must hold, but got {Start}, {WarmUp} and {End}");
        }

        if (!(StartLogVariance is >= -20 and <= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(StartLogVariance), StartLogVariance, "-20 <= start of the log variances <= 0 must hold");
        }
    }
}
