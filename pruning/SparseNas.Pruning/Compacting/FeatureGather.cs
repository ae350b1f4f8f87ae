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
        Architecture net = network.Architecture;
        var graph = new GraphRewrite(network);
        for (int node = 0; node < net.Nodes.Length; node++)
        {
            Node spec = net.Nodes[node];
            if (spec.Layer is Dense && Living(network, node) is { } living && (gathers.ContainsKey(spec.Name) || IsCheaper(network, node, living, bitsOf(spec.Name))))
            {
                string name = gathers.GetValueOrDefault(spec.Name) ?? FreeName(net, $"{spec.Name}_gather");
                graph.Insert(new Node(name, new Gather(living), spec.Inputs));
                graph.Append(spec with { Inputs = [GraphRewrite.Previous] }, Narrow(network.Kernel(node), living, net.InputOf(node).Elements), node);
            }
            else
            {
                graph.Append(spec, network.Layers[node], node);
            }
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

    /// <summary>Fewer packed bytes, and no arena: a gather that alone reads its input lies over it.</summary>
    private static bool IsCheaper(Network network, int node, ImmutableArray<int> living, int bits)
    {
        if (network.Architecture.ReadersOf(network.Architecture.Nodes[node].Inputs[0]).Count() > 1) return false;
        KernelWeights kernel = network.Kernel(node);
        int features = network.Architecture.InputOf(node).Elements, outputs = kernel.Weights.Length / features;
        int wide = ParameterBytes.Weights(kernel.Weights.Length, kernel.NonZeroCount, bits);
        return ParameterBytes.Selection(features, living.Length) + ParameterBytes.Weights(outputs * living.Length, kernel.NonZeroCount, bits) < wide;
    }

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
