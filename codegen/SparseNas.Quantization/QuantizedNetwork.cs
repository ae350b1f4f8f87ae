using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Quantization;

/// <summary>
/// A network in integers: what the score measures, what code generation emits and what runs on the device, bit for bit.
/// </summary>
/// <param name="Graph">The operators and their shapes.</param>
/// <param name="Input">Format of the input: 8 bits, the raw bytes.</param>
/// <param name="Operators">One per operator of the graph, in its order; the last gives the logits.</param>
public sealed record QuantizedNetwork(OperatorGraph Graph, TensorFormat Input, ImmutableArray<QuantizedOperator> Operators)
{
    /// <summary>Number of classes: logits of the last operator.</summary>
    public int Classes => Graph.Architecture.Classes;

    /// <summary>Format of tensor <paramref name="index"/>: an operator's output or the network's input.</summary>
    public TensorFormat FormatOf(int index) => index == Architecture.InputIndex ? Input : Operators[index].Output;
}
