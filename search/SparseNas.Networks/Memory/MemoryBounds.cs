using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>
/// What working memory would be under three ways of running a network, beside which a plan is judged. All in bytes of activations.
/// </summary>
/// <param name="MaterialisedBytes">Inputs and output of the largest operator side by side: max over operators of |x| + |y|.</param>
/// <param name="OverlappedBytes">The same with the output written over consumed input (<see cref="OverlapDistance"/>).</param>
/// <param name="StreamedBytes">
/// Every window fed row by row: the sum over windowed operators of the (kernel − stride) input rows that must be kept. What a whole-image
/// operator (dense, global average) accumulates comes on top.
/// </param>
public readonly record struct MemoryBounds(int MaterialisedBytes, int OverlappedBytes, int StreamedBytes)
{
    /// <summary>The three figures of <paramref name="graph"/>, one byte per value.</summary>
    public static MemoryBounds Of(OperatorGraph graph) => Of(graph, []);

    /// <summary>The three figures of <paramref name="graph"/> with two values in a byte in some tensors.</summary>
    public static MemoryBounds Of(OperatorGraph graph, ImmutableHashSet<int> packed)
    {
        ActivationLayout layout = new(graph, packed);
        int materialised = 0, overlapped = 0, streamed = 0;
        for (int index = 0; index < graph.Operators.Length; index++)
        {
            int output = layout.TensorBytes(index);
            int inputs = graph.Operators[index].Inputs.Sum(layout.TensorBytes);
            int apart = Enumerable.Range(0, graph.Operators[index].Inputs.Length).Min(which => Math.Min(OverlapDistance.Of(graph, index, layout, which), output));
            materialised = Math.Max(materialised, inputs + output);
            overlapped = Math.Max(overlapped, Math.Max(inputs + apart, output));
            if (graph.Operators[index].Inputs is not [var source] || graph.Operators[index].Layer is Dense or GlobalAveragePool or Gather) continue;
            Window rows = LayerWindows.Of(graph.Operators[index].Layer, graph.InputOf(index)).Rows;
            streamed += Math.Max(rows.Kernel - rows.Stride, 0) * layout.RowBytes(source);
        }

        return new MemoryBounds(materialised, overlapped, streamed);
    }
}
