using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Training.Engine;

/// <summary>
/// A folded network written as a plain one: an operator becomes its layer, with a bias, followed by a ReLU where it has one. Each operator gives
/// exactly one step of a <see cref="NetworkPlan"/>, because the plan fuses those ReLUs again.
/// </summary>
internal static class UnfoldedOperators
{
    /// <summary>The network that computes what the operators compute.</summary>
    public static Network AsNetwork(FoldedNetwork folded)
    {
        OperatorGraph graph = folded.Graph;
        var nodes = new List<Node>();
        var layers = new List<LayerWeights?>();
        var nodeOf = new int[graph.Operators.Length];
        for (int index = 0; index < graph.Operators.Length; index++)
        {
            Operator op = graph.Operators[index];
            ImmutableArray<int> inputs = [.. op.Inputs.Select(source => source == Architecture.InputIndex ? source : nodeOf[source])];
            nodes.Add(new Node($"operator{index}", WithBias(op.Layer), inputs));
            layers.Add(folded.Kernels[index]);
            if (op.HasRelu)
            {
                nodes.Add(new Node($"operator{index}_relu", new Relu(), [nodes.Count - 1]));
                layers.Add(null);
            }

            nodeOf[index] = nodes.Count - 1;
        }

        var architecture = new Architecture(graph.Architecture.Name, graph.Input, graph.Architecture.Classes, [.. nodes]);
        return new Network(architecture, [.. layers]);
    }

    private static LayerSpec WithBias(LayerSpec layer) => layer switch
    {
        Conv2D l => l with { HasBias = true },
        DepthwiseConv2D l => l with { HasBias = true },
        _ => layer,
    };
}
