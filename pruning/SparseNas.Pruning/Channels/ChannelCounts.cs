using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>An architecture with fewer channels.</summary>
internal static class ChannelCounts
{
    /// <summary>Convolutions and dense layers give as many channels as <paramref name="living"/> says for their node.</summary>
    public static Architecture Narrow(Architecture net, ReadOnlySpan<int> living)
    {
        var nodes = new Node[net.Nodes.Length];
        for (int node = 0; node < nodes.Length; node++)
        {
            LayerSpec layer = net.Nodes[node].Layer;
            nodes[node] = net.Nodes[node] with
            {
                Layer = layer is Conv2D conv ? conv with { OutputChannels = living[node] }
                    : layer is Dense dense ? dense with { OutputFeatures = living[node] } : layer,
            };
        }

        return new Architecture(net.Name, net.Input, net.Classes, [.. nodes]);
    }
}
