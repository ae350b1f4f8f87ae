using SparseNas.Training;

namespace SparseNas.Pruning;

/// <summary>
/// Sparse variational dropout (Molchanov et al. 2017): every weight has a posterior N(θ, σ²) under a log-uniform prior, and weights whose
/// log α = log σ² − log θ² has grown past the threshold are removed. θ and log σ² are the free parameters (the paper's additive noise), and
/// the noise of the layers is its local reparameterisation.
/// </summary>
internal sealed class SparseVariationalKernel(PrunedKernel kernel, VariationalOptions options) : IVariationalKernel
{
    private const float HighestLogVariance = 4f;

    /// <summary>As in the authors' code: a weight that is all noise fades with its mean instead of disturbing the sum it no longer serves.</summary>
    private const float LogAlphaBound = 8f;

    private readonly NormalPosterior posterior = new(
        kernel.Weights.Length, Prior.LogUniform, options.StartLogVariance, HighestLogVariance, LogAlphaBound);

    /// <inheritdoc/>
    public void Start(ITrainableWeights weights, IWeightNoise noise)
    {
        weights.ReadWeights(kernel.Node, posterior.Means);
        kernel.MaskZeros(posterior.Means);
        posterior.Restrict(kernel.Mask);
        Write(weights, noise);
    }

    /// <inheritdoc/>
    public void Step(ITrainableWeights weights, IWeightNoise noise, AdamStep meanStep, AdamStep varianceStep, float kl)
    {
        weights.ReadGradient(kernel.Node, posterior.Gradients);
        noise.ReadVarianceGradient(kernel.Node, posterior.VarianceGradients);
        posterior.Step(meanStep, varianceStep, kl);
        Write(weights, noise);
    }

    /// <inheritdoc/>
    public void Prune(ITrainableWeights weights)
    {
        for (int index = 0; index < kernel.Mask.Length; index++) kernel.Mask[index] &= posterior.LogAlpha(index) <= options.LogAlphaThreshold;
        kernel.ApplyMask(posterior.Means);
        weights.WriteWeights(kernel.Node, posterior.Means);
        weights.SetMask(kernel.Node, kernel.Mask);
    }

    private void Write(ITrainableWeights weights, IWeightNoise noise)
    {
        weights.WriteWeights(kernel.Node, posterior.Means);
        noise.WriteVariances(kernel.Node, posterior.Variances);
    }
}
