using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>One channel of one tensor.</summary>
/// <param name="Node">The node that gives the tensor, or <see cref="Architecture.InputIndex"/>.</param>
/// <param name="Channel">Channel, innermost index.</param>
internal readonly record struct ChannelRef(int Node, int Channel);

/// <summary>
/// Channels that can only leave together. Layers that keep channels apart (ReLU, batch norm, pooling, depthwise) tie their input channel to
/// their output channel, an Add ties both inputs to its output, a concatenation each input to its part; a convolution or dense layer mixes, so a group ends there. Groups with a
/// channel of the network's input, of its logits or of a greyscale or gather layer stay: they are pinned.
/// </summary>
internal sealed class ChannelGroups
{
    private readonly int[] offsets;
    private readonly int[] groupOf;

    private ChannelGroups(int[] offsets, int[] groupOf, ImmutableArray<ImmutableArray<ChannelRef>> members, ImmutableArray<bool> pinned)
    {
        this.offsets = offsets;
        this.groupOf = groupOf;
        Members = members;
        Pinned = pinned;
    }

    /// <summary>The channels of each group.</summary>
    public ImmutableArray<ImmutableArray<ChannelRef>> Members { get; }

    /// <summary>Whether a group must stay.</summary>
    public ImmutableArray<bool> Pinned { get; }

    /// <summary>The group of a channel.</summary>
    public int Of(int node, int channel) => groupOf[offsets[node + 1] + channel];

    /// <summary>The groups of <paramref name="architecture"/>.</summary>
    public static ChannelGroups Of(Architecture architecture)
    {
        int count = architecture.Nodes.Length;
        var offsets = new int[count + 2];
        for (int node = -1; node < count; node++) offsets[node + 2] = offsets[node + 1] + architecture.OutputOf(node).Channels;

        int[] parents = [.. Enumerable.Range(0, offsets[^1])];
        int Find(int id)
        {
            while (parents[id] != id) id = parents[id] = parents[parents[id]];
            return id;
        }

        for (int node = 0; node < count; node++)
        {
            if (!KeepsChannels(architecture.Nodes[node].Layer)) continue;
            int first = 0;   // the output channel of an input's first channel
            foreach (int source in architecture.Nodes[node].Inputs)
            {
                for (int channel = 0; channel < architecture.OutputOf(source).Channels; channel++)
                {
                    int a = Find(offsets[source + 1] + channel), b = Find(offsets[node + 1] + first + channel);
                    parents[Math.Max(a, b)] = Math.Min(a, b);
                }

                if (architecture.Nodes[node].Layer is Concat) first += architecture.OutputOf(source).Channels;
            }
        }

        return Collect(architecture, offsets, [.. Enumerable.Range(0, parents.Length).Select(Find)]);
    }

    private static ChannelGroups Collect(Architecture architecture, int[] offsets, int[] roots)
    {
        int[] groupOf = new int[roots.Length];
        Dictionary<int, int> numbers = [];
        List<ImmutableArray<ChannelRef>.Builder> members = [];
        List<bool> pinned = [];
        for (int node = -1; node < architecture.Nodes.Length; node++)
        {
            for (int channel = 0; channel < architecture.OutputOf(node).Channels; channel++)
            {
                int id = offsets[node + 1] + channel;
                if (!numbers.TryGetValue(roots[id], out int group))
                {
                    group = numbers[roots[id]] = members.Count;
                    members.Add(ImmutableArray.CreateBuilder<ChannelRef>());
                    pinned.Add(false);
                }

                groupOf[id] = group;
                members[group].Add(new ChannelRef(node, channel));
                pinned[group] |= IsPinned(architecture, node);
            }
        }

        return new ChannelGroups(offsets, groupOf, [.. members.Select(builder => builder.ToImmutable())], [.. pinned]);
    }

    private static bool IsPinned(Architecture architecture, int node) =>
        node == Architecture.InputIndex || node == architecture.Nodes.Length - 1 || architecture.Nodes[node].Layer is Greyscale or Gather
        || architecture.ReadersOf(node).Any(reader => architecture.Nodes[reader].Layer is Greyscale or Gather);

    private static bool KeepsChannels(LayerSpec layer) => layer switch
    {
        Relu or BatchNorm or MaxPool or AvgPool or GlobalAveragePool or Downsample or DepthwiseConv2D or Add or Concat => true,
        Conv2D or Dense or Greyscale or Gather => false,
        _ => throw UnknownLayer.Of(layer),
    };
}
