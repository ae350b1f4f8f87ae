namespace SparseNas.Networks;

/// <summary>Multiply-accumulates of one inference, counted densely (padding included, pruned weights included).</summary>
public static class MacCount
{
    /// <summary>Sum over all operators.</summary>
    public static long Of(OperatorGraph graph) => Enumerable.Range(0, graph.Operators.Length).Sum(index => Of(graph, index));

    /// <summary>Multiply-accumulates of operator <paramref name="index"/>; 0 for operators without weights.</summary>
    public static long Of(OperatorGraph graph, int index)
    {
        Operator op = graph.Operators[index];
        Shape input = graph.InputOf(index);
        return op.Layer switch
        {
            Conv2D l => (long)op.Output.Elements * l.KernelHeight * l.KernelWidth * input.Channels,
            DepthwiseConv2D l => (long)op.Output.Elements * l.KernelHeight * l.KernelWidth,
            Dense l => (long)l.OutputFeatures * input.Elements,
            MaxPool or AvgPool or GlobalAveragePool or Add or Concat or Gather or Downsample or Greyscale or Relu => 0,
            _ => throw UnknownLayer.Of(op.Layer),
        };
    }
}
