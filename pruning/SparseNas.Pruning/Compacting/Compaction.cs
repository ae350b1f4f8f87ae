using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>
/// Removes what pruning made useless: channels and features that nothing reads or that are constant, and branches that add zero. The result
/// computes the same function (to rounding) with smaller shapes; names of the surviving nodes stay.
/// </summary>
/// <example><code>
/// Network small = Compaction.Compact(trained.Network);
/// MemoryPlan plan = MemoryPlanner.Plan(OperatorGraph.From(small.Architecture));
/// </code></example>
/// <remarks>
/// A dead channel may still carry a constant (a bias, a batch-norm offset). Where the reader sees it at every window position it moves into
/// the reader's bias; where zero padding makes the border differ, the channel stays, because its removal would change the function.
/// A dense layer that reads few of its features gets a <see cref="Gather"/> in front where that takes fewer packed bytes.
/// </remarks>
public static class Compaction
{
    /// <summary>The smallest network with the function of <paramref name="network"/> that these rules find; it is its own compaction.</summary>
    /// <param name="network">A pruned network, whose weights will take 8 bits each.</param>
    public static Network Compact(Network network) => Compact(network, _ => 8);

    /// <summary>The same for other widths: what a gather saves depends on them.</summary>
    /// <param name="network">A pruned network.</param>
    /// <param name="bitsOf">Bits per weight after quantisation, 1 to 8, by the layer's name.</param>
    public static Network Compact(Network network, Func<string, int> bitsOf)
    {
        (Network wide, ImmutableDictionary<string, string> gathers) = FeatureGather.Expand(network);
        return FeatureGather.Insert(Narrow(wide), gathers, bitsOf);
    }

    /// <summary>Without dead channels and branches; gathers and what they read stay as they are.</summary>
    internal static Network Narrow(Network network)
    {
        while (true)
        {
            Network smaller = ChannelRemoval.Apply(BranchRemoval.Apply(network));
            if (smaller.Architecture.Equals(network.Architecture)) return smaller;
            network = smaller;
        }
    }
}
