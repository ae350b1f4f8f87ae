using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Pruning;

/// <summary>
/// The posterior of one node: v ~ N(μ, σ²) for every weight and z ~ N(μz, σz²) for every group; the weight is z·v. A group is an output channel
/// of a convolution (a row of the kernel) or an input feature of a dense layer (a column).
/// </summary>
internal sealed class GroupedKernel
{
    private const float HighestGroupLogVariance = 4f;

    /// <summary>Upper bound of log σ² of single weights: σ² ≤ 0.04, as in the authors' code, so that noise is the groups' matter.</summary>
    private static readonly float HighestWeightLogVariance = MathF.Log(0.04f);

    private readonly PrunedKernel kernel;
    private readonly bool groupsAreColumns;
    private readonly int rows;
    private readonly int rowLength;
    private readonly NormalPosterior weightPosterior;
    private readonly NormalPosterior groupPosterior;
    private readonly float[] products;

    public GroupedKernel(PrunedKernel kernel, Architecture architecture)
    {
        this.kernel = kernel;
        KernelLayout layout = KernelLayout.Of(architecture, kernel.Node)!.Value;
        groupsAreColumns = architecture.Nodes[kernel.Node].Layer is Dense;
        (rows, rowLength) = (layout.OutputChannels, layout.RowLength);
        products = new float[kernel.Weights.Length];
        weightPosterior = new NormalPosterior(products.Length, Prior.StandardNormal, HighestWeightLogVariance);
        groupPosterior = new NormalPosterior(groupsAreColumns ? rowLength : rows, Prior.LogUniform, HighestGroupLogVariance);
    }

    /// <summary>The node whose weights these are.</summary>
    public int Node => kernel.Node;

    /// <summary>μ are the present weights, μz are 1.</summary>
    public void Start(ITrainableWeights weights)
    {
        weights.ReadWeights(Node, weightPosterior.Means);
        groupPosterior.Means.Fill(1f);
    }

    /// <summary>Draws z and v and writes z·v.</summary>
    public void Sample(ITrainableWeights weights, NormalNoise noise)
    {
        weightPosterior.Draw(noise);
        groupPosterior.Draw(noise);
        Scale(weightPosterior.Samples, groupPosterior.Samples, products);
        weights.WriteWeights(Node, products);
    }

    /// <summary>One step with the gradient g of the last batch: ∂v = g·z and ∂z = Σ g·v over the group.</summary>
    public void Step(ITrainableWeights weights, AdamStep meanStep, AdamStep varianceStep, float kl)
    {
        weights.ReadGradient(Node, products);
        SumOverGroups(products, weightPosterior.Samples, groupPosterior.Gradients);
        Scale(products, groupPosterior.Samples, weightPosterior.Gradients);
        weightPosterior.Step(meanStep, varianceStep, kl);
        groupPosterior.Step(meanStep, varianceStep, kl);
    }

    /// <summary>Removes the groups whose log α passes the threshold and leaves μz·μ of the others.</summary>
    public void Prune(ITrainableWeights weights, float threshold)
    {
        Scale(weightPosterior.Means, groupPosterior.Means, products);
        for (int index = 0; index < products.Length; index++) kernel.Mask[index] = groupPosterior.LogAlpha(GroupOf(index)) <= threshold;
        kernel.ApplyMask(products);
        weights.WriteWeights(Node, products);
        weights.SetMask(Node, kernel.Mask);
    }

    /// <summary>
    /// The fewest bits, 1 to 16, whose rounding error over the range of the surviving means, (range / 2^bits)² / 12, does not exceed their mean
    /// posterior variance σz²(σ² + μ²) + σ²μz² (the argument of Louizos et al. 2017, section 3).
    /// </summary>
    public int DeservedBits(float threshold)
    {
        ReadOnlySpan<float> mu = weightPosterior.Means, z = groupPosterior.Means;
        double largest = 0, variance = 0;
        int count = 0;
        for (int index = 0; index < products.Length; index++)
        {
            int group = GroupOf(index);
            if (groupPosterior.LogAlpha(group) > threshold) continue;
            double weightVariance = Math.Exp(weightPosterior.LogVariances[index]), groupVariance = Math.Exp(groupPosterior.LogVariances[group]);
            variance += (groupVariance * (weightVariance + (mu[index] * mu[index]))) + (weightVariance * z[group] * z[group]);
            largest = Math.Max(largest, Math.Abs(mu[index] * z[group]));
            count++;
        }

        if (count == 0 || largest == 0) return 1;
        return Math.Clamp((int)Math.Ceiling(Math.Log2(2 * largest / Math.Sqrt(12 * variance / count))), 1, 16);
    }

    private int GroupOf(int index) => groupsAreColumns ? index % rowLength : index / rowLength;

    /// <summary>Each weight times its group's number.</summary>
    private void Scale(ReadOnlySpan<float> weights, ReadOnlySpan<float> groups, Span<float> result)
    {
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> source = weights.Slice(row * rowLength, rowLength);
            Span<float> target = result.Slice(row * rowLength, rowLength);
            if (groupsAreColumns) TensorMath.Multiply(source, groups, target);
            else TensorMath.Multiply(source, groups[row], target);
        }
    }

    /// <summary>Σ a·b over each group.</summary>
    private void SumOverGroups(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> sums)
    {
        sums.Clear();
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> left = a.Slice(row * rowLength, rowLength), right = b.Slice(row * rowLength, rowLength);
            if (groupsAreColumns) TensorMath.AddProducts(left, right, sums);
            else sums[row] = TensorMath.Dot(left, right);
        }
    }
}
