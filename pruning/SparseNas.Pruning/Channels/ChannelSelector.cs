using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>
/// Kills the groups of coupled channels with the least saliency: exactly round(sparsity · removable groups), but every tensor keeps its best
/// channel.
/// </summary>
internal sealed class ChannelSelector(Architecture architecture) : IMaskSelector
{
    private readonly ChannelMasks masks = new(architecture);

    /// <summary>Groups that may go.</summary>
    public int GroupCount => masks.Groups.Length;

    public void Select(IReadOnlyList<PrunedKernel> kernels, double sparsity)
    {
        foreach (PrunedKernel kernel in kernels) kernel.Mask.AsSpan().Fill(true);
        int target = (int)Math.Round(sparsity * GroupCount);
        int[] living = [.. Enumerable.Range(0, architecture.Nodes.Length).Select(node => architecture.OutputOf(node).Channels)];
        double[] saliency = ChannelSaliency.Of(architecture, masks.Groups, kernels);
        foreach (int group in Enumerable.Range(0, GroupCount).OrderBy(group => saliency[group]))
        {
            if (target == 0) break;
            if (masks.Groups[group].Any(member => living[member.Node] == 1)) continue;
            foreach (ChannelRef member in masks.Groups[group]) living[member.Node]--;
            masks.Kill(group, kernels);
            target--;
        }
    }
}
