namespace SparseNas.Pruning;

/// <summary>
/// z ~ N(μ, σ²) under the improper prior p(z) ∝ 1 / |z| (Louizos et al. 2017, section 4.1), whose divergence is that of sparse variational
/// dropout. The score is log α = log σ² − log μ².
/// </summary>
internal sealed class NormalJeffreysGroups : IGroupPosterior
{
    private const float HighestLogVariance = 4f;

    private readonly NormalPosterior posterior;

    public NormalJeffreysGroups(int count, float startLogVariance)
    {
        Count = count;
        posterior = new NormalPosterior(count, Prior.LogUniform, startLogVariance, HighestLogVariance);
        posterior.Means.Fill(1f);
    }

    public int Count { get; }

    public ReadOnlySpan<float> Means => posterior.Means;

    public ReadOnlySpan<float> Variances => posterior.Variances;

    public Span<float> MeanGradients => posterior.Gradients;

    public Span<float> VarianceGradients => posterior.VarianceGradients;

    public void Step(AdamStep meanStep, AdamStep varianceStep, float kl) => posterior.Step(meanStep, varianceStep, kl);

    public float Score(int group) => posterior.LogAlpha(group);

    public float Factor(int group) => posterior.Means[group];

    public float FactorVariance(int group) => posterior.Variances[group];
}
