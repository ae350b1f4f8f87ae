using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>The deployed form of an architecture: operators in topological order, the last one gives the logits.</summary>
/// <example><code>
/// OperatorGraph graph = OperatorGraph.From(architecture);
/// int macs = MacCount.Of(graph);
/// MemoryPlan plan = MemoryPlanner.Plan(graph);
/// </code></example>
public sealed class OperatorGraph
{
    private OperatorGraph(Architecture architecture, ImmutableArray<Operator> operators)
    {
        Architecture = architecture;
        Operators = operators;
    }

    /// <summary>The architecture it was made from.</summary>
    public Architecture Architecture { get; }

    /// <summary>Operators in topological order.</summary>
    public ImmutableArray<Operator> Operators { get; }

    /// <summary>Shape of the network's input.</summary>
    public Shape Input => Architecture.Input;

    /// <summary>Shape of tensor <paramref name="index"/>: an operator's output or <see cref="Architecture.InputIndex"/>.</summary>
    public Shape OutputOf(int index) => index == Architecture.InputIndex ? Input : Operators[index].Output;

    /// <summary>Shape of the first input of operator <paramref name="index"/>.</summary>
    public Shape InputOf(int index) => OutputOf(Operators[index].Inputs[0]);

    /// <summary>
    /// Folds batch norms into the convolution, depthwise convolution or dense layer that alone feeds them, and ReLUs into the operator that
    /// alone feeds them.
    /// </summary>
    public static OperatorGraph From(Architecture architecture)
    {
        var operators = new List<Operator>();
        var operatorOf = new int[architecture.Nodes.Length];
        int Source(int node) => node == Architecture.InputIndex ? Architecture.InputIndex : operatorOf[node];
        ImmutableArray<int> Sources(Node node) => node.Inputs is [var only] ? [Source(only)] : [.. node.Inputs.Select(Source)];

        for (int index = 0; index < architecture.Nodes.Length; index++)
        {
            Node node = architecture.Nodes[index];
            int producer = node.Inputs[0];
            int target = Source(producer);
            bool alone = producer != Architecture.InputIndex && architecture.ReaderCount(producer) == 1;
            if (alone && Fold(node.Layer, index, operators[target]) is { } folded)
            {
                operators[target] = folded;
                operatorOf[index] = target;
                continue;
            }

            LayerSpec layer = node.Layer is BatchNorm ? new DepthwiseConv2D(1, 1) : node.Layer;
            int? batchNorm = node.Layer is BatchNorm ? index : null;
            operatorOf[index] = operators.Count;
            operators.Add(new Operator(
                node.Name, layer, false, Sources(node), index, batchNorm, architecture.OutputOf(index)));
        }

        return new OperatorGraph(architecture, [.. operators]);
    }

    private static Operator? Fold(LayerSpec layer, int index, Operator producer) => layer switch
    {
        Relu when !producer.HasRelu => producer with { HasRelu = true },
        BatchNorm when !producer.HasRelu && producer.BatchNormIndex is null && producer.Layer is (Conv2D or DepthwiseConv2D or Dense)
            => producer with { BatchNormIndex = index },
        _ => null,
    };
}
