using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Quantization;

/// <summary>Tensors that a plan may hold with two values in a byte (<see cref="ActivationLayout"/>).</summary>
public static class PackedTensors
{
    /// <summary>
    /// Those of at most four bits with several channels and several pixels, which are neither the logits nor read at places that only their values'
    /// indices give. A vector gains too little for what its sums would have to share.
    /// </summary>
    public static ImmutableHashSet<int> Of(QuantizedNetwork network) =>
    [
        .. Enumerable.Range(0, network.Operators.Length - 1).Where(tensor =>
            network.Operators[tensor].Output.Bits <= ActivationLayout.PackedBits && network.Graph.OutputOf(tensor) is { IsVector: false, Channels: > 1 }
            && !network.Operators.Any(op => op is QuantizedGather && op.Operator.Inputs.Contains(tensor))),
    ];
}
