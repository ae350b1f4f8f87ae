using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Pruning;

/// <summary>
/// Bayesian compression with the group normal-Jeffreys prior (Louizos et al. 2017, section 4.1): weights are w = z·v with z ~ N(μz, σz²) shared
/// by a group under an improper log-uniform prior, and v ~ N(μ, σ²) under a standard normal one. Groups whose log α = log σz² − log μz² has
/// grown past the threshold are removed.
/// </summary>
/// <remarks>As in sparse variational dropout one sample serves the whole batch of a step.</remarks>
public sealed class BayesianHook : ITrainingHook
{
    private readonly VariationalOptions options;
    private readonly GroupedKernel[] kernels;
    private readonly NormalNoise noise;
    private readonly float samples;

    internal BayesianHook(PruningContext context, BayesianCompression options)
    {
        options.Variational.Check();
        this.options = options.Variational;
        kernels = [.. new PrunedKernels(context.Architecture).All.Select(kernel => new GroupedKernel(kernel, context.Architecture))];
        noise = new NormalNoise(new SeededRandom(context.Seed, 0xBC17));
        samples = context.TrainingSamples;
    }

    /// <summary>
    /// The posterior's estimate of each node's bit width after training, by node: the fewest bits, 1 to 16, whose rounding error over the range of
    /// the surviving weights stays within their mean posterior variance (Louizos et al. 2017, section 3).
    /// </summary>
    public IReadOnlyDictionary<int, int> DeservedBits() =>
        kernels.ToDictionary(kernel => kernel.Node, kernel => kernel.DeservedBits(options.LogAlphaThreshold));

    /// <inheritdoc/>
    public void AfterStep(int step, int totalSteps, ITrainableWeights weights)
    {
        int end = options.EndStep(totalSteps);
        if (step > end) return;
        float kl = options.KlWeightAt(step, totalSteps) / samples, decay = options.Decay(step, totalSteps);
        foreach (GroupedKernel kernel in kernels)
        {
            if (step == 0)
            {
                kernel.Start(weights);
            }
            else
            {
                kernel.Step(weights, AdamStep.Of(options.LearningRate * decay, step), AdamStep.Of(options.VarianceLearningRate * decay, step), kl);
            }

            if (step == end) kernel.Prune(weights, options.LogAlphaThreshold);
            else kernel.Sample(weights, noise);
        }
    }
}
