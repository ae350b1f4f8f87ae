using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>A network built node by node from another one, whose nodes are kept, left out or preceded by new ones.</summary>
internal sealed class GraphRewrite(Network network)
{
    /// <summary>As an input: the node appended last.</summary>
    public const int Previous = int.MinValue;

    private readonly ImmutableArray<Node>.Builder nodes = ImmutableArray.CreateBuilder<Node>();
    private readonly ImmutableArray<LayerWeights?>.Builder layers = ImmutableArray.CreateBuilder<LayerWeights?>();
    private readonly int[] positions = new int[network.Architecture.Nodes.Length];   // of the old nodes in the new network

    /// <summary>Keeps an old node, changed or not; its inputs are old indices.</summary>
    public void Append(Node node, LayerWeights? weights, int old)
    {
        Add(node, weights);
        positions[old] = nodes.Count - 1;
    }

    /// <summary>Adds a node that was not there; its inputs are old indices, and it has no weights.</summary>
    public void Insert(Node node) => Add(node, null);

    /// <summary>Leaves an old node out; its readers read <paramref name="source"/>, an old index, instead.</summary>
    public void StandIn(int old, int source) => positions[old] = Position(source);

    /// <summary>The new network.</summary>
    public Network Build()
    {
        Architecture net = network.Architecture;
        return new Network(new Architecture(net.Name, net.Input, net.Classes, nodes.ToImmutable()), layers.ToImmutable());
    }

    private void Add(Node node, LayerWeights? weights)
    {
        nodes.Add(node with { Inputs = [.. node.Inputs.Select(source => source == Previous ? nodes.Count - 1 : Position(source))] });
        layers.Add(weights);
    }

    private int Position(int source) => source == Architecture.InputIndex ? source : positions[source];
}
