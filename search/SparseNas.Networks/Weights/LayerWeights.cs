using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>The trained numbers of one layer; a layer without any has none.</summary>
public abstract record LayerWeights
{
    private protected LayerWeights()
    {
    }
}

/// <summary>Weights and biases of a convolution, depthwise convolution or dense layer.</summary>
/// <param name="Weights">OHWI (depthwise: channel, kernel row, kernel column; dense: O, I).</param>
/// <param name="Biases">One per output channel; empty when the layer has none.</param>
/// <param name="Mask">True where a weight is alive; empty when nothing is pruned. A dead weight is exactly 0.</param>
public sealed record KernelWeights(ImmutableArray<float> Weights, ImmutableArray<float> Biases, ImmutableArray<bool> Mask) : LayerWeights
{
    /// <summary>Number of weights that are not zero.</summary>
    public int NonZeroCount => Weights.Count(weight => weight != 0f);
}

/// <summary>Per-channel batch-norm numbers: y = Gamma · (x − Mean) / √(Variance + Epsilon) + Beta.</summary>
/// <param name="Gamma">Learned scale.</param>
/// <param name="Beta">Learned offset.</param>
/// <param name="Mean">Running mean.</param>
/// <param name="Variance">Running variance, not negative.</param>
public sealed record BatchNormWeights(
    ImmutableArray<float> Gamma, ImmutableArray<float> Beta, ImmutableArray<float> Mean, ImmutableArray<float> Variance) : LayerWeights
{
    /// <summary>Added to the variance, the same everywhere.</summary>
    public const float Epsilon = 1e-5f;
}
