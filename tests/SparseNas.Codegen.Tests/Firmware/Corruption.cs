using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Tests.Firmware;

/// <summary>Damaged copies of a network: what a flash error or a wrong export would leave.</summary>
internal static class Corruption
{
    /// <summary>One weight, drawn at random, with its sign turned; a zero becomes the largest weight.</summary>
    public static QuantizedNetwork OfOneWeight(QuantizedNetwork network, SeededRandom random)
    {
        int[] kernels = [.. Enumerable.Range(0, network.Operators.Length).Where(index => network.Operators[index] is QuantizedKernel)];
        int index = kernels[random.Next(kernels.Length)];
        var kernel = (QuantizedKernel)network.Operators[index];
        ImmutableArray<sbyte> weights = kernel.Kernel.Weights;
        int weight = random.Next(weights.Length);
        sbyte wrong = weights[weight] == 0 ? (sbyte)((1 << (kernel.Kernel.Bits - 1)) - 1) : (sbyte)-weights[weight];
        return Replace(network, index, kernel with { Kernel = kernel.Kernel with { Weights = weights.SetItem(weight, wrong) } });
    }

    /// <summary>The first requantisation with a shift one too large: an output scale halved.</summary>
    public static QuantizedNetwork OfAScale(QuantizedNetwork network)
    {
        int index = Enumerable.Range(0, network.Operators.Length).First(i => network.Operators[i] is QuantizedKernel { Requantization: not null });
        var kernel = (QuantizedKernel)network.Operators[index];
        Requantization halved = kernel.Requantization! with { Shift = kernel.Requantization!.Shift + 1 };
        return Replace(network, index, kernel with { Requantization = halved });
    }

    private static QuantizedNetwork Replace(QuantizedNetwork network, int index, QuantizedOperator damaged) =>
        network with { Operators = network.Operators.SetItem(index, damaged) };
}
