namespace SparseNas.Training;

/// <summary>What is random in a network while a hook trains it.</summary>
public enum NoiseKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Every weight is normal around its value.</summary>
    Weights,

    /// <summary>The same, and each group of weights shares a normal factor z ~ N(mean, variance).</summary>
    NormalGroups,

    /// <summary>The same with a log-normal factor: log z ~ N(mean, variance).</summary>
    LogNormalGroups,
}

/// <summary>
/// The random half of a network in training: weights w ~ N(θ, σ²) around the values of <see cref="ITrainableWeights"/>, and factors of groups.
/// Layers draw the distribution of their outputs for every image instead of weights for every step: y ~ N(x·θ, x²·σ²), the local
/// reparameterisation of Kingma, Salimans and Welling 2015, whose gradients vary least. A group is an input feature of a dense layer or an
/// output channel of a convolution; its factor multiplies that feature or that channel, bias included, once for every image (Louizos et al. 2017).
/// Layouts of weights are those of <see cref="Networks.KernelWeights"/>.
/// </summary>
public interface IWeightNoise
{
    /// <summary>
    /// Whether anything is drawn in the next steps; false costs and computes what a network without noise does. While it is true the hook steps the
    /// kernels, in mean and variance, and the optimiser only biases and batch norm.
    /// </summary>
    bool IsOn { get; set; }

    /// <summary>Number of groups of node <paramref name="node"/>; 0 without factors.</summary>
    int GroupCount(int node);

    /// <summary>Sets σ², 0 or more, of every weight of node <paramref name="node"/>.</summary>
    void WriteVariances(int node, ReadOnlySpan<float> variances);

    /// <summary>Copies the latest gradient by σ².</summary>
    void ReadVarianceGradient(int node, Span<float> gradient);

    /// <summary>Sets mean and variance, 0 or more, of every group's factor (or its logarithm).</summary>
    void WriteGroups(int node, ReadOnlySpan<float> means, ReadOnlySpan<float> variances);

    /// <summary>Copies the latest gradients by the groups' means and variances.</summary>
    void ReadGroupGradients(int node, Span<float> means, Span<float> variances);
}
