using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>Builds the network without its dead channels: narrower layers, sliced weights and masks, constants moved into biases.</summary>
internal sealed class ChannelRemoval
{
    private readonly Network network;
    private readonly ChannelConstants constants;
    private readonly int[][] kept;   // [tensor + 1]: surviving channels of the input and of every node

    private ChannelRemoval(Network network)
    {
        this.network = network;
        Architecture net = network.Architecture;
        ChannelGroups groups = ChannelGroups.Of(net);
        constants = ChannelConstants.Of(network);
        bool[] lives = ChannelLiveness.Of(network, groups, constants);
        kept = [.. Enumerable.Range(-1, net.Nodes.Length + 1)
            .Select(node => Enumerable.Range(0, net.OutputOf(node).Channels).Where(channel => lives[groups.Of(node, channel)]).ToArray())];
    }

    /// <summary>The same function without dead channels.</summary>
    public static Network Apply(Network network)
    {
        var removal = new ChannelRemoval(network);
        Architecture net = network.Architecture;
        LayerWeights?[] layers = [.. Enumerable.Range(0, net.Nodes.Length).Select(removal.Weights)];
        Node[] nodes = [.. net.Nodes.Select((node, index) => node with { Layer = removal.Spec(index, layers[index]) })];
        return new Network(new Architecture(net.Name, net.Input, net.Classes, [.. nodes]), [.. layers]);
    }

    private LayerSpec Spec(int node, LayerWeights? weights) => network.Architecture.Nodes[node].Layer switch
    {
        Conv2D l => l with { OutputChannels = kept[node + 1].Length, HasBias = !((KernelWeights)weights!).Biases.IsEmpty },
        Dense l => l with { OutputFeatures = kept[node + 1].Length },
        var other => other,
    };

    private LayerWeights? Weights(int node) => network.Layers[node] switch
    {
        null => null,
        KernelWeights kernel => Kernel(node, kernel),
        BatchNormWeights norm => new BatchNormWeights(
            Pick(norm.Gamma, node), Pick(norm.Beta, node), Pick(norm.Mean, node), Pick(norm.Variance, node)),
        var other => throw new InvalidOperationException($"Weights '{other.GetType().Name}' are not handled here; the set is closed in LayerWeights."),
    };

    private ImmutableArray<float> Pick(ImmutableArray<float> perChannel, int node) => [.. kept[node + 1].Select(channel => perChannel[channel])];

    private KernelWeights Kernel(int node, KernelWeights kernel)
    {
        KernelLayout layout = KernelLayout.Of(network.Architecture, node)!.Value;
        ImmutableArray<float> biases = kernel.Biases.IsEmpty ? [] : Pick(kernel.Biases, node);
        int[] columns = layout.IsDepthwise ? [.. Enumerable.Range(0, layout.RowLength)] : Columns(node, layout);
        if (!layout.IsDepthwise && Constants(node, kernel, layout) is { } moved)
        {
            biases = [.. kept[node + 1].Select((channel, index) => (float)((biases.IsEmpty ? 0 : biases[index]) + moved[channel]))];
        }

        return new KernelWeights(
            Slice(kernel.Weights, node, layout, columns), biases, kernel.Mask.IsEmpty ? [] : Slice(kernel.Mask, node, layout, columns));
    }

    /// <summary>Positions within a row whose input channel survives.</summary>
    private int[] Columns(int node, KernelLayout layout)
    {
        HashSet<int> channels = [.. kept[network.Architecture.Nodes[node].Inputs[0] + 1]];
        return [.. Enumerable.Range(0, layout.RowLength).Where(index => channels.Contains(index % layout.InputChannels))];
    }

    private ImmutableArray<T> Slice<T>(ImmutableArray<T> values, int node, KernelLayout layout, int[] columns) =>
        [.. kept[node + 1].SelectMany(row => columns.Select(column => values[(row * layout.RowLength) + column]))];

    /// <summary>What removed constant channels add to each output channel, or null when nothing is added.</summary>
    private double[]? Constants(int node, KernelWeights kernel, KernelLayout layout)
    {
        int source = network.Architecture.Nodes[node].Inputs[0];
        HashSet<int> channels = [.. kept[source + 1]];
        var sums = new double[layout.OutputChannels];
        bool isExact = ChannelConstants.SeesNoPadding(network.Architecture, node);
        for (int index = 0; isExact && index < kernel.Weights.Length; index++)
        {
            int channel = index % layout.InputChannels;
            if (channels.Contains(channel) || constants.Of(source, channel) is not { } value) continue;
            sums[index / layout.RowLength] += kernel.Weights[index] * value;
        }

        return sums.Any(sum => sum != 0) ? sums : null;
    }
}
