using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>Which groups of channels must stay, found by walking the graph backwards from the logits.</summary>
internal static class ChannelLiveness
{
    /// <summary>
    /// A group lives when it is pinned, or when a living output of some convolution or dense layer reads one of its channels with a weight
    /// that is not zero and cannot take the channel's constant into its bias. Every tensor keeps one channel.
    /// </summary>
    public static bool[] Of(Network network, ChannelGroups groups, ChannelConstants constants)
    {
        Architecture net = network.Architecture;
        bool[] lives = [.. groups.Pinned];
        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int node = net.Nodes.Length - 1; node >= 0; node--)
            {
                if (net.Nodes[node].Layer is Conv2D or Dense) changed |= MarkInputs(network, node, groups, constants, lives);
            }
        }

        for (int node = 0; node < net.Nodes.Length; node++)
        {
            bool isEmpty = Enumerable.Range(0, net.OutputOf(node).Channels).All(channel => !lives[groups.Of(node, channel)]);
            if (isEmpty) lives[groups.Of(node, 0)] = true;
        }

        return lives;
    }

    private static bool MarkInputs(Network network, int node, ChannelGroups groups, ChannelConstants constants, bool[] lives)
    {
        Architecture net = network.Architecture;
        KernelLayout layout = KernelLayout.Of(net, node)!.Value;
        ReadOnlySpan<float> weights = network.Kernel(node).Weights.AsSpan();
        int source = net.Nodes[node].Inputs[0];
        bool isExact = ChannelConstants.SeesNoPadding(net, node), changed = false;
        for (int output = 0; output < layout.OutputChannels; output++)
        {
            if (!lives[groups.Of(node, output)]) continue;
            ReadOnlySpan<float> row = layout.Row(weights, output);
            for (int index = 0; index < row.Length; index++)
            {
                int channel = index % layout.InputChannels;
                if (row[index] == 0f || lives[groups.Of(source, channel)]) continue;
                if (constants.Of(source, channel) is { } value && (isExact || value == 0)) continue;
                lives[groups.Of(source, channel)] = true;
                changed = true;
            }
        }

        return changed;
    }
}
