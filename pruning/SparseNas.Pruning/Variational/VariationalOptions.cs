namespace SparseNas.Pruning;

/// <summary>
/// What the Bayesian methods share. Means and variances of the weights are stepped by an Adam of their own, because every step needs the
/// gradient at a fresh sample; the training options still rule biases, batch norm, batches and, after <see cref="End"/>, the fine-tuning of
/// the surviving weights.
/// </summary>
public sealed record VariationalOptions
{
    /// <summary>Adam's learning rate for means, positive; it falls linearly to a tenth at <see cref="End"/>.</summary>
    public float LearningRate { get; init; } = 2e-3f;

    /// <summary>Adam's learning rate for log variances, positive; large, because they travel far from their start at −10.</summary>
    public float VarianceLearningRate { get; init; } = 1e-2f;

    /// <summary>Weight of the divergence in the objective; 1 is the variational bound, more prunes harder. Not negative.</summary>
    public float KlWeight { get; init; } = 1;

    /// <summary>Share of all steps over which the divergence's weight rises linearly from 0, 0 to <see cref="End"/>.</summary>
    public double WarmUp { get; init; } = 0.3;

    /// <summary>Share of all steps after which the mask is set and surviving means train on without noise, above 0 to 1.</summary>
    public double End { get; init; } = 0.85;

    /// <summary>A weight or group whose log α = log σ² − log θ² passes this is removed; 3 is a binary dropout rate above 0.95.</summary>
    public float LogAlphaThreshold { get; init; } = 3;

    internal int EndStep(int totalSteps) => Math.Max(1, (int)Math.Ceiling(End * totalSteps));

    /// <summary>Weight of the divergence after <paramref name="step"/> steps.</summary>
    internal float KlWeightAt(int step, int totalSteps) => KlWeight * (float)Math.Min(1, WarmUp == 0 ? 1 : step / (WarmUp * totalSteps));

    /// <summary>Both learning rates fall together.</summary>
    internal float Decay(int step, int totalSteps) => 1 - (0.9f * Math.Min(1, step / (float)EndStep(totalSteps)));

    internal void Check()
    {
        if (!(LearningRate > 0 && VarianceLearningRate > 0 && KlWeight >= 0 && float.IsFinite(LearningRate + VarianceLearningRate + KlWeight)))
        {
            throw new ArgumentOutOfRangeException(nameof(LearningRate),
                $"learning rates > 0 and KL weight >= 0 must hold, but got {LearningRate}, {VarianceLearningRate} and {KlWeight}");
        }

        if (!(WarmUp >= 0 && WarmUp <= End && End > 0 && End <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(WarmUp), $"0 <= warm-up <= end <= 1 and end > 0 must hold, but got {WarmUp} and {End}");
        }
    }
}
