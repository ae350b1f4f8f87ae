namespace SparseNas.Pruning;

/// <summary>
/// The group horseshoe prior (Louizos et al. 2017, section 4.2): z² = s·z̃² with half-Cauchy scales, s for the node and z̃ for each group, each
/// split into a gamma and an inverse-gamma variable: z = √(sₐ·s_b·aᵢ·bᵢ), sₐ ~ Γ(½, τ₀²), aᵢ ~ Γ(½, 1), s_b, bᵢ ~ IΓ(½, 1). All four have
/// log-normal posteriors, so log z is normal with half the sum of their means and a quarter of the sum of their variances. The score is the
/// negative logarithm of the mode of z, σ² − μ, as in the paper.
/// </summary>
/// <remarks>The node's own variables are drawn apart for every group, which leaves the moments of each z and drops their common part.</remarks>
internal sealed class HorseshoeGroups : IGroupPosterior
{
    private readonly LogNormalScale nodeGamma;
    private readonly LogNormalScale nodeInverseGamma;
    private readonly LogNormalScale[] gammas;
    private readonly LogNormalScale[] inverseGammas;
    private readonly float[] means, variances, meanGradients, varianceGradients;

    /// <summary>Groups whose factors begin at 1.</summary>
    /// <param name="count">Groups.</param>
    /// <param name="startLogVariance">log σ² of every variable at the start.</param>
    /// <param name="globalScale">τ₀, positive; the smaller, the sparser.</param>
    public HorseshoeGroups(int count, float startLogVariance, float globalScale)
    {
        nodeGamma = LogNormalScale.Gamma(startLogVariance, globalScale * globalScale);
        nodeInverseGamma = LogNormalScale.InverseGamma(startLogVariance);
        gammas = [.. Enumerable.Range(0, count).Select(_ => LogNormalScale.Gamma(startLogVariance, 1))];
        inverseGammas = [.. Enumerable.Range(0, count).Select(_ => LogNormalScale.InverseGamma(startLogVariance))];
        (means, variances, meanGradients, varianceGradients) = (new float[count], new float[count], new float[count], new float[count]);
        Refresh();
    }

    public int Count => means.Length;

    public ReadOnlySpan<float> Means => means;

    public ReadOnlySpan<float> Variances => variances;

    public Span<float> MeanGradients => meanGradients;

    public Span<float> VarianceGradients => varianceGradients;

    public void Step(AdamStep meanStep, AdamStep varianceStep, float kl)
    {
        float meanSum = 0, varianceSum = 0;
        for (int group = 0; group < Count; group++)
        {
            gammas[group].Step(0.5f * meanGradients[group], 0.25f * varianceGradients[group], meanStep, varianceStep, kl);
            inverseGammas[group].Step(0.5f * meanGradients[group], 0.25f * varianceGradients[group], meanStep, varianceStep, kl);
            meanSum += meanGradients[group];
            varianceSum += varianceGradients[group];
        }

        nodeGamma.Step(0.5f * meanSum, 0.25f * varianceSum, meanStep, varianceStep, kl);
        nodeInverseGamma.Step(0.5f * meanSum, 0.25f * varianceSum, meanStep, varianceStep, kl);
        Refresh();
    }

    public float Score(int group) => variances[group] - means[group];

    public float Factor(int group) => MathF.Exp(means[group] + (0.5f * variances[group]));

    public float FactorVariance(int group) => (MathF.Exp(variances[group]) - 1) * Factor(group) * Factor(group);

    private void Refresh()
    {
        for (int group = 0; group < Count; group++)
        {
            means[group] = 0.5f * (nodeGamma.Mean + nodeInverseGamma.Mean + gammas[group].Mean + inverseGammas[group].Mean);
            variances[group] = 0.25f * (nodeGamma.Variance + nodeInverseGamma.Variance + gammas[group].Variance + inverseGammas[group].Variance);
        }
    }
}
