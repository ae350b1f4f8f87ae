namespace SparseNas.Pruning;

/// <summary>The posterior of the factors that the groups of one node share.</summary>
internal interface IGroupPosterior
{
    /// <summary>Number of groups.</summary>
    int Count { get; }

    /// <summary>Means of the factors, or of their logarithms where the posterior is log-normal.</summary>
    ReadOnlySpan<float> Means { get; }

    /// <summary>Their variances.</summary>
    ReadOnlySpan<float> Variances { get; }

    /// <summary>Gradients of the expected loss by <see cref="Means"/>; write them before <see cref="Step"/>.</summary>
    Span<float> MeanGradients { get; }

    /// <summary>Gradients of the expected loss by <see cref="Variances"/>; write them before <see cref="Step"/>.</summary>
    Span<float> VarianceGradients { get; }

    /// <summary>One Adam step on loss + kl·KL.</summary>
    void Step(AdamStep meanStep, AdamStep varianceStep, float kl);

    /// <summary>How useless a group is: the higher the score, the more of its factor is noise.</summary>
    float Score(int group);

    /// <summary>The factor that a surviving group keeps: its expectation.</summary>
    float Factor(int group);

    /// <summary>Variance of the factor itself.</summary>
    float FactorVariance(int group);
}
