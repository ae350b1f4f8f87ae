using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>How a window meets the border of its input.</summary>
public enum Padding
{
    /// <summary>Windows lie inside the input: out = ⌊(in − kernel) / stride⌋ + 1.</summary>
    Valid,

    /// <summary>
    /// The border is padded with zeros so that out = ⌈in / stride⌉; of the padding max((out − 1)·stride + kernel − in, 0) the smaller half
    /// comes first (TensorFlow's rule).
    /// </summary>
    Same,
}

/// <summary>
/// What a layer does, without weights. The set is closed: adding a record here makes every switch expression over it (shape inference, costs,
/// training, quantisation, emission) a compile-time to-do list.
/// </summary>
public abstract record LayerSpec
{
    private protected LayerSpec()
    {
    }
}

/// <summary>
/// Convolution over rows and columns with zero padding; input [H,W,I], weights [O,kH,kW,I], output [H',W',O]. A kernel of 1x1 is pointwise.
/// </summary>
/// <param name="OutputChannels">O, at least 1.</param>
/// <param name="KernelHeight">1 to 7.</param>
/// <param name="KernelWidth">1 to 7.</param>
/// <param name="Stride">1 or 2, the same in both directions (a dimension of extent 1 ignores it).</param>
/// <param name="Padding">Border rule.</param>
/// <param name="HasBias">Whether a bias per output channel is learned; pointless directly before a <see cref="BatchNorm"/>.</param>
public sealed record Conv2D(
    int OutputChannels, int KernelHeight, int KernelWidth, int Stride = 1, Padding Padding = Padding.Valid, bool HasBias = true) : LayerSpec;

/// <summary>Convolution of each channel by itself; input [H,W,C], weights [C,kH,kW], output [H',W',C].</summary>
/// <param name="KernelHeight">1 to 7.</param>
/// <param name="KernelWidth">1 to 7.</param>
/// <param name="Stride">1 or 2.</param>
/// <param name="Padding">Border rule.</param>
/// <param name="HasBias">Whether a bias per channel is learned.</param>
public sealed record DepthwiseConv2D(
    int KernelHeight, int KernelWidth, int Stride = 1, Padding Padding = Padding.Valid, bool HasBias = true) : LayerSpec;

/// <summary>Fully connected; any input is flattened in NHWC order to I features, weights [O,I], output [1,1,O].</summary>
/// <param name="OutputFeatures">O, at least 1.</param>
public sealed record Dense(int OutputFeatures) : LayerSpec;

/// <summary>Largest value of each window, per channel, without padding.</summary>
/// <param name="Height">Window rows, 1 to 7.</param>
/// <param name="Width">Window columns, 1 to 7.</param>
/// <param name="Stride">1 to 7.</param>
public sealed record MaxPool(int Height, int Width, int Stride) : LayerSpec;

/// <summary>Mean of each window, per channel, without padding.</summary>
/// <param name="Height">Window rows, 1 to 7.</param>
/// <param name="Width">Window columns, 1 to 7.</param>
/// <param name="Stride">1 to 7.</param>
public sealed record AvgPool(int Height, int Width, int Stride) : LayerSpec;

/// <summary>Mean over all rows and columns, per channel: [H,W,C] to [1,1,C].</summary>
public sealed record GlobalAveragePool : LayerSpec;

/// <summary>Sum of two inputs of the same shape.</summary>
public sealed record Add : LayerSpec;

/// <summary>
/// Two inputs of the same rows and columns side by side: [H,W,A] and [H,W,B] to [H,W,A+B], the channels of the first input first.
/// More than two join one after the other.
/// </summary>
public sealed record Concat : LayerSpec;

/// <summary>
/// Selected values of the flattened input, in front of a dense layer that needs no others (SpArSe's shipped network keeps 122 of 550):
/// input [H,W,C] in NHWC order, output [1,1,F]; value f of the output is value Indices[f] of the input.
/// </summary>
/// <param name="Indices">F indices into the flattened input, at least one, strictly increasing: so the output may lie over the input.</param>
public sealed record Gather(ImmutableArray<int> Indices) : LayerSpec
{
    /// <inheritdoc/>
    public bool Equals(Gather? other) => other is not null && Indices.AsSpan().SequenceEqual(other.Indices.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int index in Indices) hash.Add(index);
        return hash.ToHashCode();
    }
}

/// <summary>Makes the input smaller: mean of blocks of Factor x Factor pixels (a dimension of extent 1 stays).</summary>
/// <param name="Factor">2 to 4.</param>
public sealed record Downsample(int Factor) : LayerSpec;

/// <summary>Red, green and blue to luma with the integer weights (77, 150, 29) / 256 of ITU-R BT.601; [H,W,3] to [H,W,1].</summary>
public sealed record Greyscale : LayerSpec;

/// <summary>max(x, 0).</summary>
public sealed record Relu : LayerSpec;

/// <summary>Per-channel normalisation with learned scale and offset (Ioffe and Szegedy 2015); folded away before deployment.</summary>
public sealed record BatchNorm : LayerSpec;
