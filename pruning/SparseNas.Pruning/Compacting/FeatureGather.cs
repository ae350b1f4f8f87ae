using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>
/// The gather that SpArSe's shipped network has in front of its dense layer: where few input features are read, their indices and a small
/// matrix take fewer packed bytes than the wide matrix with its zeros, however that is encoded.
/// </summary>
internal static class FeatureGather
{
    /// <summary>Every gather that one dense layer alone reads becomes zero columns again, so that channels in front of it can leave.</summary>
    /// <returns>The same function, and the name of each removed gather by that of its dense layer.</returns>
    public static (Network Network, ImmutableDictionary<string, string> Gathers) Expand(Network network)
    {
        var names = ImmutableDictionary.CreateBuilder<string, string>();
        var graph = new GraphRewrite(network);
        Architecture net = network.Architecture;
        for (int node = 0; node < net.Nodes.Length; node++)
        {
            int[] readers = [.. net.ReadersOf(node)];
            if (net.Nodes[node].Layer is Gather && readers is [int only] && net.Nodes[only].Layer is Dense)
            {
                graph.StandIn(node, net.Nodes[node].Inputs[0]);
            }
            else if (net.Nodes[node] is { Layer: Dense, Inputs: [>= 0 and int source] } && net.Nodes[source].Layer is Gather gather && net.ReaderCount(source) == 1)
            {
                names[net.Nodes[node].Name] = net.Nodes[source].Name;
                graph.Append(net.Nodes[node], Widen(network.Kernel(node), gather.Indices, net.InputOf(source).Elements), node);
            }
            else
            {
                graph.Append(net.Nodes[node], network.Layers[node], node);
            }
        }

        return (graph.Build(), names.ToImmutable());
    }

    /// <summary>Puts a gather in front of every dense layer that had one or needs fewer packed bytes with one.</summary>
    /// <param name="network">A network.</param>
    /// <param name="gathers">What <see cref="Expand"/> removed.</param>
    /// <param name="bitsOf">Bits per weight, 1 to 8, by the layer's name.</param>
    public static Network Insert(Network network, ImmutableDictionary<string, string> gathers, Func<string, int> bitsOf)
    {
        foreach (Node spec in network.Architecture.Nodes.Where(node => node.Layer is Dense))
        {
            int node = network.Architecture.Nodes.IndexOf(network.Architecture.Nodes.First(other => other.Name == spec.Name));
            if (Living(network, node) is not { } living) continue;
            Network gathered = InsertAt(network, node, living, gathers.GetValueOrDefault(spec.Name) ?? FreeName(network.Architecture, $"{spec.Name}_gather"));
            if (gathers.ContainsKey(spec.Name) || IsBetter(network, gathered, node, bitsOf(spec.Name))) network = gathered;
        }

        return network;
    }

    private static Network InsertAt(Network network, int dense, ImmutableArray<int> living, string name)
    {
        Architecture net = network.Architecture;
        var graph = new GraphRewrite(network);
        for (int node = 0; node < net.Nodes.Length; node++)
        {
            if (node != dense)
            {
                graph.Append(net.Nodes[node], network.Layers[node], node);
                continue;
            }

            graph.Insert(new Node(name, new Gather(living), net.Nodes[node].Inputs));
            KernelWeights narrow = Narrow(network.Kernel(node), living, net.InputOf(node).Elements);
            graph.Append(net.Nodes[node] with { Inputs = [GraphRewrite.Previous] }, narrow, node);
        }

        return graph.Build();
    }

    /// <summary>The input features that any output reads; null when all or none are.</summary>
    private static ImmutableArray<int>? Living(Network network, int node)
    {
        int features = network.Architecture.InputOf(node).Elements;
        ReadOnlySpan<float> weights = network.Kernel(node).Weights.AsSpan();
        var isRead = new bool[features];
        for (int index = 0; index < weights.Length; index++) isRead[index % features] |= weights[index] != 0f;
        return isRead.Contains(false) && isRead.Contains(true) ? [.. Enumerable.Range(0, features).Where(feature => isRead[feature])] : null;
    }

    /// <summary>Fewer packed bytes and no more arena: a gather that other layers read around, or that ends a run of rows, would cost some.</summary>
    private static bool IsBetter(Network wide, Network gathered, int dense, int bits)
    {
        KernelWeights before = wide.Kernel(dense), after = gathered.Kernel(dense + 1);
        int selection = ParameterBytes.Selection(wide.Architecture.InputOf(dense).Elements, gathered.Architecture.InputOf(dense + 1).Elements);
        return selection + ParameterBytes.Weights(after.Weights.Length, after.NonZeroCount, bits)
                < ParameterBytes.Weights(before.Weights.Length, before.NonZeroCount, bits)
            && Arena(gathered) <= Arena(wide);
    }

    private static int Arena(Network network) => MemoryPlanner.Plan(OperatorGraph.From(network.Architecture)).ArenaBytes;

    private static KernelWeights Narrow(KernelWeights kernel, ImmutableArray<int> living, int features)
    {
        return kernel with { Weights = Columns(kernel.Weights), Mask = kernel.Mask.IsEmpty ? [] : Columns(kernel.Mask) };

        ImmutableArray<T> Columns<T>(ImmutableArray<T> values) =>
            [.. Enumerable.Range(0, values.Length / features).SelectMany(row => living.Select(feature => values[(row * features) + feature]))];
    }

    private static KernelWeights Widen(KernelWeights kernel, ImmutableArray<int> indices, int features)
    {
        return kernel with { Weights = Columns(kernel.Weights), Mask = kernel.Mask.IsEmpty ? [] : Columns(kernel.Mask) };

        ImmutableArray<T> Columns<T>(ImmutableArray<T> values)
            where T : struct
        {
            var wide = new T[values.Length / indices.Length * features];
            for (int index = 0; index < values.Length; index++)
            {
                (int row, int column) = Math.DivRem(index, indices.Length);
                wide[(row * features) + indices[column]] = values[index];
            }

            return [.. wide];
        }
    }

    private static string FreeName(Architecture net, string wanted)
    {
        string name = wanted;
        for (int number = 2; net.Nodes.Any(node => node.Name == name); number++) name = $"{wanted}{number}";
        return name;
    }
}
