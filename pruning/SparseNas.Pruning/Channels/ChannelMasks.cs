using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>
/// The removable groups of an architecture and how one dies in the masks: the rows that produce it and the columns that read it, so that it
/// leaves the function whatever bias or batch-norm offset it has.
/// </summary>
internal sealed class ChannelMasks
{
    private readonly Architecture architecture;
    private readonly int[][] columnReaders;

    public ChannelMasks(Architecture architecture)
    {
        this.architecture = architecture;
        ChannelGroups all = ChannelGroups.Of(architecture);
        Groups = [.. all.Members.Where((_, group) => !all.Pinned[group])];
        columnReaders = [.. Enumerable.Range(0, architecture.Nodes.Length)
            .Select(node => architecture.ReadersOf(node).Where(reader => architecture.Nodes[reader].Layer is Conv2D or Dense).ToArray())];
    }

    /// <summary>Groups that may go.</summary>
    public ImmutableArray<ImmutableArray<ChannelRef>> Groups { get; }

    /// <summary>Kills a group.</summary>
    public void Kill(int group, IReadOnlyList<PrunedKernel> kernels)
    {
        foreach (ChannelRef member in Groups[group])
        {
            if (kernels.FirstOrDefault(kernel => kernel.Node == member.Node) is { } producer)
            {
                KernelLayout.Of(architecture, member.Node)!.Value.Row(producer.Mask, member.Channel).Clear();
            }

            foreach (int reader in columnReaders[member.Node])
            {
                bool[] mask = kernels.First(kernel => kernel.Node == reader).Mask;
                int channels = architecture.InputOf(reader).Channels;
                for (int weight = member.Channel; weight < mask.Length; weight += channels) mask[weight] = false;
            }
        }
    }
}
