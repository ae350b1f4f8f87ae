using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Pruning;

/// <summary>
/// The posterior of one node: v ~ N(μ, σ²) for every weight under a standard normal prior and a factor z for every group; the weight is z·v.
/// A group is an output channel of a convolution (a row of the kernel) or an input feature of a dense layer (a column).
/// </summary>
internal sealed class GroupedKernel : IVariationalKernel
{
    /// <summary>Upper bound of log σ² of single weights: σ² ≤ 0.04, as in the authors' code, so that noise is the groups' matter.</summary>
    private static readonly float HighestWeightLogVariance = MathF.Log(0.04f);

    private readonly PrunedKernel kernel;
    private readonly float threshold;
    private readonly bool groupsAreColumns;
    private readonly int rowLength;
    private readonly NormalPosterior weightPosterior;

    public GroupedKernel(PrunedKernel kernel, Architecture architecture, BayesianCompression options)
    {
        this.kernel = kernel;
        threshold = options.Threshold;
        KernelLayout layout = KernelLayout.Of(architecture, kernel.Node)!.Value;
        groupsAreColumns = architecture.Nodes[kernel.Node].Layer is Dense;
        rowLength = layout.RowLength;
        float start = options.Variational.StartLogVariance;
        weightPosterior = new NormalPosterior(kernel.Weights.Length, Prior.StandardNormal, start, HighestWeightLogVariance);
        int groups = groupsAreColumns ? rowLength : layout.OutputChannels;
        Groups = options.Prior switch
        {
            GroupPrior.NormalJeffreys => new NormalJeffreysGroups(groups, start),
            GroupPrior.Horseshoe => new HorseshoeGroups(groups, start, options.GlobalScale),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Prior, "unknown group prior"),
        };
    }

    /// <summary>The node whose weights these are.</summary>
    public int Node => kernel.Node;

    /// <summary>The factors.</summary>
    public IGroupPosterior Groups { get; }

    /// <inheritdoc/>
    public void Start(ITrainableWeights weights, IWeightNoise noise)
    {
        weights.ReadWeights(Node, weightPosterior.Means);
        kernel.MaskZeros(weightPosterior.Means);
        weightPosterior.Restrict(kernel.Mask);
        Write(weights, noise);
    }

    /// <inheritdoc/>
    public void Step(ITrainableWeights weights, IWeightNoise noise, AdamStep meanStep, AdamStep varianceStep, float kl)
    {
        weights.ReadGradient(Node, weightPosterior.Gradients);
        noise.ReadVarianceGradient(Node, weightPosterior.VarianceGradients);
        noise.ReadGroupGradients(Node, Groups.MeanGradients, Groups.VarianceGradients);
        weightPosterior.Step(meanStep, varianceStep, kl);
        Groups.Step(meanStep, varianceStep, kl);
        Write(weights, noise);
    }

    /// <summary>Removes the groups whose score passes the threshold and leaves E[z]·μ of the others; biases are scaled with their channels.</summary>
    public void Prune(ITrainableWeights weights)
    {
        float[] factors = [.. Enumerable.Range(0, Groups.Count).Select(group => IsAlive(group) ? Groups.Factor(group) : 0f)];
        float[] products = kernel.Weights;
        for (int index = 0; index < products.Length; index++)
        {
            int group = GroupOf(index);
            kernel.Mask[index] &= IsAlive(group);
            products[index] = weightPosterior.Means[index] * factors[group];
        }

        weights.WriteWeights(Node, products);
        weights.SetMask(Node, kernel.Mask);
        if (!groupsAreColumns) weights.ScaleBiases(Node, factors);
    }

    /// <summary>
    /// The fewest bits, 1 to 16, whose rounding error over the range of the surviving means, (range / 2^bits)² / 12, does not exceed their mean
    /// posterior variance Var z·(σ² + μ²) + σ²·(E z)² (the argument of Louizos et al. 2017, section 3).
    /// </summary>
    public int DeservedBits()
    {
        ReadOnlySpan<float> mu = weightPosterior.Means, variances = weightPosterior.Variances;
        double largest = 0, variance = 0;
        int count = 0;
        for (int index = 0; index < mu.Length; index++)
        {
            int group = GroupOf(index);
            if (!IsAlive(group)) continue;
            double factor = Groups.Factor(group);
            variance += (Groups.FactorVariance(group) * (variances[index] + (mu[index] * mu[index]))) + (variances[index] * factor * factor);
            largest = Math.Max(largest, Math.Abs(mu[index] * factor));
            count++;
        }

        if (count == 0 || largest == 0) return 1;
        return Math.Clamp((int)Math.Ceiling(Math.Log2(2 * largest / Math.Sqrt(12 * variance / count))), 1, 16);
    }

    private bool IsAlive(int group) => Groups.Score(group) <= threshold;

    private int GroupOf(int index) => groupsAreColumns ? index % rowLength : index / rowLength;

    private void Write(ITrainableWeights weights, IWeightNoise noise)
    {
        weights.WriteWeights(Node, weightPosterior.Means);
        noise.WriteVariances(Node, weightPosterior.Variances);
        noise.WriteGroups(Node, Groups.Means, Groups.Variances);
    }
}
