using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>Removes an Add one of whose inputs is zero everywhere, and the nodes that nothing reads any more.</summary>
internal static class BranchRemoval
{
    /// <summary>The same function without branches that add zero.</summary>
    public static Network Apply(Network network)
    {
        Architecture net = network.Architecture;
        ChannelConstants constants = ChannelConstants.Of(network);
        var standIn = new int[net.Nodes.Length];   // the node whose output a reader takes instead
        int Source(int node) => node == Architecture.InputIndex ? node : standIn[node];
        for (int node = 0; node < standIn.Length; node++) standIn[node] = StandIn(net, node, constants) is { } other ? Source(other) : node;

        bool[] isRead = new bool[net.Nodes.Length];
        isRead[^1] = true;
        for (int node = isRead.Length - 1; node >= 0; node--)
        {
            if (!isRead[node]) continue;
            foreach (int source in net.Nodes[node].Inputs.Select(Source).Where(source => source >= 0)) isRead[source] = true;
        }

        if (isRead.All(read => read)) return network;
        int[] survivors = [.. Enumerable.Range(0, isRead.Length).Where(node => isRead[node])];
        int Position(int node) => node == Architecture.InputIndex ? node : Array.IndexOf(survivors, node);
        ImmutableArray<Node> nodes = [.. survivors.Select(node =>
            net.Nodes[node] with { Inputs = [.. net.Nodes[node].Inputs.Select(source => Position(Source(source)))] })];
        return new Network(new Architecture(net.Name, net.Input, net.Classes, nodes), [.. survivors.Select(node => network.Layers[node])]);
    }

    /// <summary>The input that an Add passes on unchanged because its other input is zero; null for every other node.</summary>
    private static int? StandIn(Architecture net, int node, ChannelConstants constants)
    {
        if (net.Nodes[node] is not { Layer: Add, Inputs: [var first, var second] }) return null;
        bool IsZero(int source) => Enumerable.Range(0, net.OutputOf(node).Channels).All(channel => constants.Of(source, channel) == 0);
        return IsZero(second) ? first : IsZero(first) ? second : null;
    }
}
