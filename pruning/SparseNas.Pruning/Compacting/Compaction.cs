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
/// </remarks>
public static class Compaction
{
    /// <summary>The smallest network with the function of <paramref name="network"/> that these rules find; it is its own compaction.</summary>
    public static Network Compact(Network network)
    {
        while (true)
        {
            Network smaller = ChannelRemoval.Apply(BranchRemoval.Apply(network));
            if (smaller.Architecture.Equals(network.Architecture)) return smaller;
            network = smaller;
        }
    }
}
