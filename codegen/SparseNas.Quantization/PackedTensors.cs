using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Quantization;

/// <summary>Tensors that a plan may hold with two values in a byte (<see cref="ActivationLayout"/>).</summary>
public static class PackedTensors
{
    /// <summary>
    /// Those of at most four bits with several channels and several pixels, between operators that take a tensor pixel by pixel. A vector gains too
    /// little for what its sums would have to share.
    /// </summary>
    public static ImmutableHashSet<int> Of(QuantizedNetwork network)
    {
        OperatorGraph graph = network.Graph;
        return
        [
            .. Enumerable.Range(0, network.Operators.Length - 1).Where(tensor =>
                network.Operators[tensor].Output.Bits <= ActivationLayout.PackedBits && graph.OutputOf(tensor) is { IsVector: false, Channels: > 1 }
                && ByPixel(network.Operators[tensor]) && network.Operators.Where(op => op.Operator.Inputs.Contains(tensor)).All(ByPixel)),
        ];
    }

    private static bool ByPixel(QuantizedOperator op) => op is QuantizedKernel or QuantizedMean or QuantizedMaxPool or QuantizedRelu;
}
