using System.Collections.Immutable;
using SparseNas.Training;

namespace SparseNas.Pruning;

/// <summary>
/// Bayesian compression (Louizos et al. 2017): weights are w = z·v with a factor z that a group shares, and groups whose factor is mostly noise
/// are removed. Runs as every variational method does and knows afterwards how many bits each node deserves.
/// </summary>
public sealed class BayesianHook : ITrainingHook
{
    private readonly VariationalHook<GroupedKernel> course;

    internal BayesianHook(PruningContext context, BayesianCompression options)
    {
        options.Check();
        ImmutableArray<GroupedKernel> kernels =
            [.. new PrunedKernels(context.Architecture).All.Select(kernel => new GroupedKernel(kernel, context.Architecture, options))];
        NoiseKind noise = options.Prior == GroupPrior.Horseshoe ? NoiseKind.LogNormalGroups : NoiseKind.NormalGroups;
        course = new VariationalHook<GroupedKernel>(context, options.Variational, noise, kernels);
    }

    /// <inheritdoc/>
    public NoiseKind Noise => course.Noise;

    /// <summary>
    /// The posterior's estimate of each node's bit width after training, by node: the fewest bits, 1 to 16, whose rounding error over the range of
    /// the surviving weights stays within their mean posterior variance (Louizos et al. 2017, section 3).
    /// </summary>
    public IReadOnlyDictionary<int, int> DeservedBits() => course.Kernels.ToDictionary(kernel => kernel.Node, kernel => kernel.DeservedBits());

    /// <summary>The score of every group by node, lowest first: its histogram shows where a threshold separates the useful from the useless.</summary>
    public IReadOnlyDictionary<int, ImmutableArray<float>> Scores() => course.Kernels.ToDictionary(
        kernel => kernel.Node, kernel => Enumerable.Range(0, kernel.Groups.Count).Select(kernel.Groups.Score).Order().ToImmutableArray());

    /// <inheritdoc/>
    public void AfterStep(int step, int totalSteps, ITrainableWeights weights) => course.AfterStep(step, totalSteps, weights);
}
