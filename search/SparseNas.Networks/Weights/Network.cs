using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>An architecture with weights, immutable and checked: every layer has exactly the numbers its shape asks for.</summary>
public sealed class Network
{
    /// <summary>Joins an architecture and its weights.</summary>
    /// <param name="architecture">What the network is.</param>
    /// <param name="layers">One entry per node; null where the layer has no weights.</param>
    /// <exception cref="ArgumentException">A layer's counts do not match, a number is not finite, a masked weight is not 0 or a variance is negative.</exception>
    public Network(Architecture architecture, ImmutableArray<LayerWeights?> layers)
    {
        if (layers.Length != architecture.Nodes.Length)
        {
            throw new ArgumentException($"Network '{architecture.Name}': {architecture.Nodes.Length} layers, but weights for {layers.Length}.");
        }

        for (int index = 0; index < layers.Length; index++) Check(architecture, index, layers[index]);
        Architecture = architecture;
        Layers = layers;
    }

    /// <summary>What the network is.</summary>
    public Architecture Architecture { get; }

    /// <summary>One entry per node of the architecture; null where the layer has no weights.</summary>
    public ImmutableArray<LayerWeights?> Layers { get; }

    /// <summary>Weights of the convolution, depthwise or dense node <paramref name="index"/>.</summary>
    public KernelWeights Kernel(int index) => (KernelWeights)Layers[index]!;

    /// <summary>‖w‖₀, SpArSe's model size: weights and biases that are not zero, batch norm not counted (it is folded away).</summary>
    public int L0 => Layers.OfType<KernelWeights>().Sum(kernel => kernel.NonZeroCount + kernel.Biases.Count(bias => bias != 0f));

    private static void Check(Architecture architecture, int index, LayerWeights? weights)
    {
        Node node = architecture.Nodes[index];
        string place = $"{node.Layer.GetType().Name} '{node.Name}'";
        ParameterCount expected = ParameterCount.Of(architecture, index);
        switch (weights)
        {
            case null when expected.Weights == 0 && expected.BatchNormChannels == 0:
                return;
            case KernelWeights kernel when expected.Weights > 0:
                CheckCount(place, "weights", expected.Weights, kernel.Weights);
                CheckCount(place, "biases", expected.Biases, kernel.Biases);
                if (kernel.Mask.Length != 0 && kernel.Mask.Length != expected.Weights)
                {
                    throw new ArgumentException($"{place}: a mask needs {expected.Weights} entries or none, but has {kernel.Mask.Length}.");
                }

                for (int weight = 0; weight < kernel.Mask.Length; weight++)
                {
                    if (kernel.Mask[weight] || kernel.Weights[weight] == 0f) continue;
                    throw new ArgumentException($"{place}: masked weights[{weight}] must be 0, but is {kernel.Weights[weight]}.");
                }

                return;
            case BatchNormWeights norm when expected.BatchNormChannels > 0:
                CheckCount(place, "gamma", expected.BatchNormChannels, norm.Gamma);
                CheckCount(place, "beta", expected.BatchNormChannels, norm.Beta);
                CheckCount(place, "mean", expected.BatchNormChannels, norm.Mean);
                CheckCount(place, "variance", expected.BatchNormChannels, norm.Variance);
                if (norm.Variance.Any(variance => variance < 0f)) throw new ArgumentException($"{place}: a variance must not be negative.");
                return;
            default:
                throw new ArgumentException($"{place}: {weights?.GetType().Name ?? "no weights"} do not belong to this layer.");
        }
    }

    private static void CheckCount(string place, string what, int expected, ImmutableArray<float> values)
    {
        if (values.IsDefault || values.Length != expected)
        {
            throw new ArgumentException($"{place}: {expected} {what} needed, but got {(values.IsDefault ? 0 : values.Length)}.");
        }

        int bad = values.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        if (bad >= 0) throw new ArgumentException($"{place}: {what}[{bad}] must be finite, but is {values[bad]}.");
    }
}
