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
    /// <summary>The three figures of <paramref name="graph"/>.</summary>
    public static MemoryBounds Of(OperatorGraph graph)
    {
        int materialised = 0, overlapped = 0, streamed = 0;
        for (int index = 0; index < graph.Operators.Length; index++)
        {
            int output = MemoryPlanner.TensorBytes(graph, index);
            int inputs = graph.Operators[index].Inputs.Sum(source => MemoryPlanner.TensorBytes(graph, source));
            int apart = Enumerable.Range(0, graph.Operators[index].Inputs.Length)
                .Min(which => Math.Min(OverlapDistance.Of(graph, index, MemoryPlanner.ElementBytes(graph, index), which), output));
            materialised = Math.Max(materialised, inputs + output);
            overlapped = Math.Max(overlapped, Math.Max(inputs + apart, output));
            streamed += KeptRows(graph.Operators[index].Layer) * graph.InputOf(index).Width * graph.InputOf(index).Channels;
        }

        return new MemoryBounds(materialised, overlapped, streamed);
    }

    private static int KeptRows(LayerSpec layer) => layer switch
    {
        Conv2D l => Math.Max(l.KernelHeight - l.Stride, 0),
        DepthwiseConv2D l => Math.Max(l.KernelHeight - l.Stride, 0),
        MaxPool l => Math.Max(l.Height - l.Stride, 0),
        AvgPool l => Math.Max(l.Height - l.Stride, 0),
        Dense or GlobalAveragePool or Add or Concat or Gather or Downsample or Greyscale or Relu => 0,
        _ => throw UnknownLayer.Of(layer),
    };
}
