using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Quantization;

/// <summary>Packed bytes of one operator's numbers.</summary>
/// <param name="Name">Operator.</param>
/// <param name="WeightBits">Bits per weight; 0 without weights.</param>
/// <param name="Weights">Number of weights.</param>
/// <param name="NonZeroWeights">Those that are not zero.</param>
/// <param name="WeightBytes">Cheapest encoding, indices included; of a gather the selection alone.</param>
/// <param name="BiasBytes">Biases at one width.</param>
/// <param name="RequantizationBytes">Multipliers and shift.</param>
/// <param name="L0">Weights and biases that are not zero.</param>
public sealed record PackedOperatorSize(
    string Name, int WeightBits, int Weights, int NonZeroWeights, int WeightBytes, int BiasBytes, int RequantizationBytes, int L0)
{
    /// <summary>Sum of the three.</summary>
    public int TotalBytes => WeightBytes + BiasBytes + RequantizationBytes;
}

/// <summary>
/// Parameter bytes of an integer network: packed, independent of how code is emitted; the law is <see cref="Networks.ParameterBytes"/>.
/// </summary>
/// <param name="Operators">One per operator, in the graph's order.</param>
public sealed record PackedSize(ImmutableArray<PackedOperatorSize> Operators)
{
    /// <summary>All operators' bytes.</summary>
    public int ParameterBytes => Operators.Sum(op => op.TotalBytes);

    /// <summary>‖w‖₀ of the integers: weights and biases that are not zero.</summary>
    public int L0 => Operators.Sum(op => op.L0);

    /// <summary>Measures <paramref name="network"/>.</summary>
    public static PackedSize Of(QuantizedNetwork network) => new([.. network.Operators.Select(op => Of(network, op))]);

    private static PackedOperatorSize Of(QuantizedNetwork network, QuantizedOperator op)
    {
        string name = op.Operator.Name;
        switch (op)
        {
            case QuantizedKernel o:
                ImmutableArray<int> biases = o.Kernel.Biases;
                int count = o.Kernel.Weights.Length, nonZero = o.Kernel.NonZeroCount, bits = o.Kernel.Bits;
                int bytes = Networks.ParameterBytes.Weights(count, nonZero, bits);
                if (o.Operator.Layer is Dense dense)
                {
                    int features = count / dense.OutputFeatures;
                    bytes = Math.Min(bytes, Networks.ParameterBytes.Gather(o.Kernel.Weights.AsSpan(), features, bits));
                }

                return new PackedOperatorSize(
                    name, bits, count, nonZero, bytes,
                    Networks.ParameterBytes.Biases(biases.AsSpan()),
                    Networks.ParameterBytes.Requantization(o.Requantization?.Multipliers.Length ?? 0),
                    nonZero + biases.Count(bias => bias != 0));
            case QuantizedMean o:
                return Scaling(name, o.Requantization?.Multipliers.Length ?? 0);
            case QuantizedGather o:
                int available = network.Graph.OutputOf(o.Operator.Inputs[0]).Elements;
                return Scaling(name, 0) with { WeightBytes = Networks.ParameterBytes.Selection(available, o.Indices.Length) };
            case QuantizedConcat o:
                return Scaling(name, Enumerable.Range(0, 2).Count(which => !o.Copies(which)));
            case QuantizedAdd:
                return Scaling(name, 2);
            default:
                return Scaling(name, 0);
        }
    }

    private static PackedOperatorSize Scaling(string name, int multipliers) =>
        new(name, 0, 0, 0, 0, 0, Networks.ParameterBytes.Requantization(multipliers), 0);
}
