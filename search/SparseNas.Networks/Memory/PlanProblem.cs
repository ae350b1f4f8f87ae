using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>A network to be planned, with what several plans of it share: sizes, and overlap distances computed once each.</summary>
internal sealed class PlanProblem
{
    private const int Unknown = -1;

    private readonly int[] sizes;
    private readonly int[] readers;
    private readonly int[] distances;

    public PlanProblem(OperatorGraph graph, PlanOptions options)
    {
        Graph = graph;
        OnePass = options.OnePass;
        Packed = options.Packed;
        Layout = new ActivationLayout(graph, options.Packed);
        sizes = new int[graph.Operators.Length + 1];
        for (int at = 0; at < sizes.Length; at++) sizes[at] = Layout.TensorBytes(at - 1);
        readers = new int[sizes.Length];
        foreach (Operator op in graph.Operators)
        {
            foreach (int source in op.Inputs) readers[source + 1]++;
        }

        IsChain = true;
        for (int op = 0; op < graph.Operators.Length && IsChain; op++) IsChain = graph.Operators[op].Inputs is [var only] && only == op - 1;
        distances = new int[graph.Operators.Length];
        Array.Fill(distances, Unknown);
    }

    /// <summary>The operators.</summary>
    public OperatorGraph Graph { get; }

    /// <summary>Convolutions computed with their pooling.</summary>
    public ImmutableHashSet<int> OnePass { get; }

    /// <summary>Tensors of which two values share a byte.</summary>
    public ImmutableHashSet<int> Packed { get; }

    /// <summary>Whether each operator reads only the one before it.</summary>
    public bool IsChain { get; }

    /// <summary>Bytes of tensors.</summary>
    public ActivationLayout Layout { get; }

    /// <summary>Whether tensor <paramref name="tensor"/> is never stored.</summary>
    public bool IsJoined(int tensor) => !OnePass.IsEmpty && OnePass.Contains(tensor);

    /// <summary>Bytes of tensor <paramref name="tensor"/>.</summary>
    public int TensorBytes(int tensor) => sizes[tensor + 1];

    /// <summary>How often tensor <paramref name="tensor"/> is read.</summary>
    public int ReaderCount(int tensor) => readers[tensor + 1];

    /// <summary>How far below one of its inputs an operator's output must start; no more than its size.</summary>
    public int Distance(int op, int which)
    {
        if (which > 0) return Math.Min(OverlapDistance.Of(Graph, op, Layout, which), TensorBytes(op));
        if (distances[op] == Unknown) distances[op] = Math.Min(OverlapDistance.Of(Graph, op, Layout), TensorBytes(op));
        return distances[op];
    }

    /// <summary>Bytes that an operator's output may have in common with one of its inputs when that dies.</summary>
    public int SharedBytes(int op, int which) =>
        Math.Min(TensorBytes(Graph.Operators[op].Inputs[which]), TensorBytes(op) - Distance(op, which));

    /// <summary>No offsets need less while an operator runs: what it reads and what it writes, over all that it reads.</summary>
    public int LeastBytes(int op)
    {
        ImmutableArray<int> sources = Graph.Operators[op].Inputs;
        if (IsJoined(op)) return 0;
        int least = TensorBytes(op);
        if (IsJoined(sources[0])) return least;
        for (int which = 0; which < sources.Length; which++)
        {
            if (sources.IndexOf(sources[which]) == which) least += TensorBytes(sources[which]);
            least -= SharedBytes(op, which);
        }

        return least;
    }

    /// <summary>How far below what its convolution reads the output of a pooling in one pass must start; no more than its size.</summary>
    public int OnePassDistance(int pooling) =>
        Math.Min(OverlapDistance.OfOnePass(Graph, Graph.Operators[pooling].Inputs[0], pooling, Layout), TensorBytes(pooling));
}
