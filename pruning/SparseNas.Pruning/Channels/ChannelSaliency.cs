using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>
/// How much a group of coupled channels matters: the mean over its producers of the row's Σw², each measured against the mean of that
/// producer's rows, so that layers of different scale compare.
/// </summary>
internal static class ChannelSaliency
{
    /// <summary>One number per group.</summary>
    public static double[] Of(Architecture architecture, ImmutableArray<ImmutableArray<ChannelRef>> groups, IReadOnlyList<PrunedKernel> kernels)
    {
        Dictionary<int, double[]> relative = kernels.ToDictionary(kernel => kernel.Node, kernel => RelativeSquares(architecture, kernel));
        return [.. groups.Select(group => group.Where(member => relative.ContainsKey(member.Node))
            .Select(member => relative[member.Node][member.Channel]).DefaultIfEmpty(0).Average())];
    }

    private static double[] RelativeSquares(Architecture architecture, PrunedKernel kernel)
    {
        KernelLayout layout = KernelLayout.Of(architecture, kernel.Node)!.Value;
        var squares = new double[layout.OutputChannels];
        for (int channel = 0; channel < squares.Length; channel++)
        {
            foreach (float weight in layout.Row(kernel.Weights, channel)) squares[channel] += (double)weight * weight;
        }

        double mean = squares.Average();
        return mean == 0 ? squares : [.. squares.Select(square => square / mean)];
    }
}
