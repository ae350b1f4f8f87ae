using SparseNas.Training;

namespace SparseNas.Pruning;

/// <summary>The posterior of one node's weights under a log-uniform prior.</summary>
internal sealed class SparseVariationalKernel(PrunedKernel kernel)
{
    private const float HighestLogVariance = 4f;

    private readonly NormalPosterior posterior = new(kernel.Weights.Length, Prior.LogUniform, HighestLogVariance);

    /// <summary>Means are the present weights.</summary>
    public void Start(ITrainableWeights weights) => weights.ReadWeights(kernel.Node, posterior.Means);

    /// <summary>One step with the gradient of the last batch.</summary>
    public void Step(ITrainableWeights weights, AdamStep meanStep, AdamStep varianceStep, float kl)
    {
        weights.ReadGradient(kernel.Node, posterior.Gradients);
        posterior.Step(meanStep, varianceStep, kl);
    }

    /// <summary>Draws the weights of the next step.</summary>
    public void Sample(ITrainableWeights weights, NormalNoise noise)
    {
        posterior.Draw(noise);
        weights.WriteWeights(kernel.Node, posterior.Samples);
    }

    /// <summary>Removes the weights whose log α passes the threshold and leaves the means of the others.</summary>
    public void Prune(ITrainableWeights weights, float threshold)
    {
        for (int index = 0; index < kernel.Mask.Length; index++) kernel.Mask[index] = posterior.LogAlpha(index) <= threshold;
        kernel.ApplyMask(posterior.Means);
        weights.WriteWeights(kernel.Node, posterior.Means);
        weights.SetMask(kernel.Node, kernel.Mask);
    }
}
