using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>Which channels hold one value at every position whatever the input is, found by walking the graph forwards.</summary>
internal sealed class ChannelConstants
{
    private readonly double?[][] values;   // [node][channel]

    private ChannelConstants(double?[][] values) => this.values = values;

    /// <summary>The value of a channel that is constant, or null; the network's input never is.</summary>
    public double? Of(int node, int channel) => node == Architecture.InputIndex ? null : values[node][channel];

    /// <summary>The constants of <paramref name="network"/>.</summary>
    public static ChannelConstants Of(Network network)
    {
        Architecture net = network.Architecture;
        var result = new ChannelConstants(new double?[net.Nodes.Length][]);
        for (int node = 0; node < net.Nodes.Length; node++)
        {
            int at = node;
            result.values[node] = [.. Enumerable.Range(0, net.OutputOf(node).Channels).Select(channel => result.Infer(network, at, channel))];
        }

        return result;
    }

    /// <summary>
    /// Whether every window of node <paramref name="node"/> lies inside its input, so that a constant input channel looks the same everywhere.
    /// </summary>
    public static bool SeesNoPadding(Architecture net, int node)
    {
        (int height, int width, int stride, Padding padding) = net.Nodes[node].Layer switch
        {
            Conv2D l => (l.KernelHeight, l.KernelWidth, l.Stride, l.Padding),
            DepthwiseConv2D l => (l.KernelHeight, l.KernelWidth, l.Stride, l.Padding),
            _ => (1, 1, 1, Padding.Valid),
        };
        Shape x = net.InputOf(node);
        return LiesInside(Window.Of(x.Height, height, stride, padding)) && LiesInside(Window.Of(x.Width, width, stride, padding));
    }

    private static bool LiesInside(Window window) => window.Before == 0 && window.Start(window.Output - 1) + window.Kernel <= window.Input;

    private double? Infer(Network network, int node, int channel)
    {
        Node spec = network.Architecture.Nodes[node];
        double? source = spec.Layer is Conv2D or Dense or Greyscale or Gather or Concat ? null : Of(spec.Inputs[0], channel);
        return spec.Layer switch
        {
            Conv2D or Dense => Mixed(network, node, channel),
            DepthwiseConv2D => Depthwise(network, node, channel, source),
            Relu => source is { } value ? Math.Max(value, 0) : null,
            BatchNorm => Normalised((BatchNormWeights)network.Layers[node]!, channel, source),
            Add => source + Of(spec.Inputs[1], channel),
            MaxPool or AvgPool or GlobalAveragePool or Downsample => source,
            Concat => channel < network.Architecture.InputOf(node).Channels
                ? Of(spec.Inputs[0], channel) : Of(spec.Inputs[1], channel - network.Architecture.InputOf(node).Channels),
            Gather l => Of(spec.Inputs[0], l.Indices[channel] % network.Architecture.InputOf(node).Channels),
            Greyscale => null,
            _ => throw UnknownLayer.Of(spec.Layer),
        };
    }

    /// <summary>Convolution or dense layer: constant when every input channel that counts is.</summary>
    private double? Mixed(Network network, int node, int output)
    {
        KernelWeights kernel = network.Kernel(node);
        KernelLayout layout = KernelLayout.Of(network.Architecture, node)!.Value;
        ReadOnlySpan<float> row = layout.Row(kernel.Weights.AsSpan(), output);
        bool isExact = SeesNoPadding(network.Architecture, node);
        int source = network.Architecture.Nodes[node].Inputs[0];
        double value = kernel.Biases.IsEmpty ? 0 : kernel.Biases[output];
        for (int index = 0; index < row.Length; index++)
        {
            if (row[index] == 0f) continue;
            if (Of(source, index % layout.InputChannels) is not { } constant || !(isExact || constant == 0)) return null;
            value += row[index] * constant;
        }

        return value;
    }

    private static double? Depthwise(Network network, int node, int channel, double? source)
    {
        KernelWeights kernel = network.Kernel(node);
        ReadOnlySpan<float> row = KernelLayout.Of(network.Architecture, node)!.Value.Row(kernel.Weights.AsSpan(), channel);
        double bias = kernel.Biases.IsEmpty ? 0 : kernel.Biases[channel], sum = 0;
        foreach (float weight in row) sum += weight;
        if (!row.ContainsAnyExcept(0f) || source == 0) return bias;
        return source is { } value && SeesNoPadding(network.Architecture, node) ? bias + (sum * value) : null;
    }

    private static double? Normalised(BatchNormWeights norm, int channel, double? source)
    {
        if (norm.Gamma[channel] == 0f) return norm.Beta[channel];
        return source is { } value
            ? (norm.Gamma[channel] * (value - norm.Mean[channel]) / Math.Sqrt(norm.Variance[channel] + BatchNormWeights.Epsilon)) + norm.Beta[channel]
            : null;
    }
}
