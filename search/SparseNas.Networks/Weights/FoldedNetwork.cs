using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>
/// A network in its deployed form: batch norm folded into the weights before it, W' = W·γ/√(σ²+ε), b' = (b − μ)·γ/√(σ²+ε) + β.
/// The operators compute the same function as the network in inference.
/// </summary>
public sealed class FoldedNetwork
{
    private FoldedNetwork(OperatorGraph graph, ImmutableArray<KernelWeights?> kernels)
    {
        Graph = graph;
        Kernels = kernels;
    }

    /// <summary>The operators.</summary>
    public OperatorGraph Graph { get; }

    /// <summary>Weights per operator, biases always present; null for operators without weights.</summary>
    public ImmutableArray<KernelWeights?> Kernels { get; }

    /// <summary>Folds every batch norm of <paramref name="network"/>.</summary>
    public static FoldedNetwork From(Network network)
    {
        OperatorGraph graph = OperatorGraph.From(network.Architecture);
        return new FoldedNetwork(graph, [.. graph.Operators.Select(op => Fold(network, op))]);
    }

    private static KernelWeights? Fold(Network network, Operator op)
    {
        if (op.Layer is not (Conv2D or DepthwiseConv2D or Dense)) return null;
        int channels = op.Output.Channels;
        BatchNormWeights? norm = op.BatchNormIndex is { } index ? (BatchNormWeights)network.Layers[index]! : null;
        KernelWeights kernel = network.Layers[op.NodeIndex] as KernelWeights
            ?? new KernelWeights([.. Enumerable.Repeat(1f, channels)], [], []);   // a batch norm by itself is a 1x1 depthwise
        float[] weights = [.. kernel.Weights];
        float[] biases = kernel.Biases.IsEmpty ? new float[channels] : [.. kernel.Biases];
        if (norm is not null)
        {
            int perChannel = weights.Length / channels;
            for (int channel = 0; channel < channels; channel++)
            {
                float factor = norm.Gamma[channel] / MathF.Sqrt(norm.Variance[channel] + BatchNormWeights.Epsilon);
                foreach (ref float weight in weights.AsSpan(channel * perChannel, perChannel)) weight *= factor;
                biases[channel] = ((biases[channel] - norm.Mean[channel]) * factor) + norm.Beta[channel];
            }
        }

        return new KernelWeights([.. weights], [.. biases], kernel.Mask);
    }
}
