using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>
/// Ranks groups of coupled channels by the mean square of their weights, each producer's rows measured against the mean of that producer, so
/// that layers of different scale compare. Exactly round(sparsity · removable groups) die, but every tensor keeps its best channel.
/// A dead group is masked on both sides: the rows that produce it and the columns that read it, so that it leaves the function whatever
/// bias or batch-norm offset it has.
/// </summary>
internal sealed class ChannelSelector : IMaskSelector
{
    private readonly Architecture architecture;
    private readonly ImmutableArray<ImmutableArray<ChannelRef>> groups;
    private readonly int[][] columnReaders;

    public ChannelSelector(Architecture architecture)
    {
        this.architecture = architecture;
        ChannelGroups all = ChannelGroups.Of(architecture);
        groups = [.. all.Members.Where((_, group) => !all.Pinned[group])];
        columnReaders = [.. Enumerable.Range(0, architecture.Nodes.Length)
            .Select(node => architecture.ReadersOf(node).Where(reader => architecture.Nodes[reader].Layer is Conv2D or Dense).ToArray())];
    }

    /// <summary>Groups that may go.</summary>
    public int GroupCount => groups.Length;

    public void Select(IReadOnlyList<PrunedKernel> kernels, double sparsity)
    {
        Dictionary<int, PrunedKernel> byNode = kernels.ToDictionary(kernel => kernel.Node);
        foreach (PrunedKernel kernel in kernels) kernel.Mask.AsSpan().Fill(true);

        int target = (int)Math.Round(sparsity * groups.Length);
        int[] living = [.. Enumerable.Range(0, architecture.Nodes.Length).Select(node => architecture.OutputOf(node).Channels)];
        double[] saliency = Saliencies(byNode);
        foreach (int group in Enumerable.Range(0, groups.Length).OrderBy(group => saliency[group]))
        {
            if (target == 0) break;
            if (groups[group].Any(member => living[member.Node] == 1)) continue;
            foreach (ChannelRef member in groups[group]) living[member.Node]--;
            foreach (ChannelRef member in groups[group]) Kill(member, byNode);
            target--;
        }
    }

    private double[] Saliencies(Dictionary<int, PrunedKernel> kernels)
    {
        Dictionary<int, double[]> relative = kernels.Values.ToDictionary(kernel => kernel.Node, kernel => RelativeSquares(kernel));
        return [.. groups.Select(group => group.Where(member => relative.ContainsKey(member.Node))
            .Select(member => relative[member.Node][member.Channel]).DefaultIfEmpty(0).Average())];
    }

    private double[] RelativeSquares(PrunedKernel kernel)
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

    private void Kill(ChannelRef member, Dictionary<int, PrunedKernel> kernels)
    {
        if (kernels.TryGetValue(member.Node, out PrunedKernel? producer))
        {
            KernelLayout.Of(architecture, member.Node)!.Value.Row(producer.Mask, member.Channel).Clear();
        }

        foreach (int reader in columnReaders[member.Node])
        {
            bool[] mask = kernels[reader].Mask;
            int channels = architecture.InputOf(reader).Channels;
            for (int weight = member.Channel; weight < mask.Length; weight += channels) mask[weight] = false;
        }
    }
}
