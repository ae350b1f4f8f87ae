using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>A network to be planned, with what several plans of it share: sizes, and overlap distances computed once each.</summary>
internal sealed class PlanProblem
{
    private readonly int[] distances;

    public PlanProblem(OperatorGraph graph, PlanOptions options)
    {
        Graph = graph;
        OnePass = options.OnePass;
        Packed = options.Packed;
        Layout = new ActivationLayout(graph, options.Packed);
        distances = new int[graph.Operators.Length];
        Array.Fill(distances, -1);
    }

    /// <summary>The operators.</summary>
    public OperatorGraph Graph { get; }

    /// <summary>Convolutions computed with their pooling.</summary>
    public ImmutableHashSet<int> OnePass { get; }

    /// <summary>Tensors of which two values share a byte.</summary>
    public ImmutableHashSet<int> Packed { get; }

    /// <summary>Bytes of tensors.</summary>
    public ActivationLayout Layout { get; }

    /// <summary>How far below one of its inputs an operator's output must start.</summary>
    public int Distance(int op, int which)
    {
        if (which > 0) return OverlapDistance.Of(Graph, op, Layout, which);
        return distances[op] >= 0 ? distances[op] : distances[op] = OverlapDistance.Of(Graph, op, Layout);
    }

    /// <summary>How far below what its convolution reads the output of a pooling in one pass must start.</summary>
    public int OnePassDistance(int pooling) => OverlapDistance.OfOnePass(Graph, Graph.Operators[pooling].Inputs[0], pooling, Layout);
}
