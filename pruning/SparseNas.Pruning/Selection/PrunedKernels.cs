using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>Buffers for all kernel nodes of an architecture.</summary>
internal sealed class PrunedKernels(Architecture architecture)
{
    /// <summary>One per node with a kernel, in node order.</summary>
    public ImmutableArray<PrunedKernel> All { get; } =
    [
        .. Enumerable.Range(0, architecture.Nodes.Length)
            .Select(node => new PrunedKernel(node, ParameterCount.Of(architecture, node).Weights))
            .Where(kernel => kernel.Weights.Length > 0),
    ];
}

/// <summary>The selector of each granularity.</summary>
internal static class MaskSelectors
{
    public static IMaskSelector For(PruningGranularity granularity, Architecture architecture) => granularity switch
    {
        PruningGranularity.Weight => new WeightSelector(),
        PruningGranularity.Channel => new ChannelSelector(architecture),
        _ => throw new ArgumentOutOfRangeException(nameof(granularity), granularity, "unknown granularity"),
    };
}
