using SparseNas.Networks;

namespace SparseNas.Pruning.Tests.Channels;

public class ChannelSelectorTests
{
    [Fact]
    public void DeadGroupsAreRemovableWhateverTheirOffsets()
    {
        int exact = 0;
        for (ulong seed = 0; seed < 300; seed++)
        {
            Network network = RandomNetwork.Of(RandomArchitecture.Of(seed), seed);
            Architecture net = network.Architecture;
            var kernels = new PrunedKernels(net);
            foreach (PrunedKernel kernel in kernels.All) network.Kernel(kernel.Node).Weights.CopyTo(kernel.Weights);
            var selector = new ChannelSelector(net);
            selector.Select(kernels.All, 0.5);
            foreach (PrunedKernel kernel in kernels.All) kernel.ApplyMask(kernel.Weights);

            LayerWeights?[] layers = [.. network.Layers];
            foreach (PrunedKernel kernel in kernels.All)
            {
                layers[kernel.Node] = network.Kernel(kernel.Node) with { Weights = [.. kernel.Weights], Mask = [.. kernel.Mask] };
            }

            var pruned = new Network(net, [.. layers]);
            Network compact = Compaction.Compact(pruned);
            Compacting.CompactionTests.AssertSameFunction(pruned, compact, seed);
            int removed = selector.GroupCount - new ChannelSelector(compact.Architecture).GroupCount;
            if (removed >= (int)Math.Round(selector.GroupCount * 0.5)) exact++;
        }

        Assert.True(exact > 200, $"{exact} of 300 networks lost half of their channel groups; the rest keep one channel of every tensor");
    }

    [Fact]
    public void AResidualCouplesItsChannelsAndTheInputIsPinned()
    {
        var net = new Architecture("net", new Shape(4, 4, 3), 2,
        [
            new("stem", new Conv2D(3, 3, 3, 1, Padding.Same), [-1]), new("norm", new BatchNorm(), [0]), new("sum", new Add(), [-1, 1]),
            new("wide", new Conv2D(5, 1, 1), [2]), new("depth", new DepthwiseConv2D(3, 3), [3]), new("head", new Dense(2), [4]),
        ]);
        ChannelGroups groups = ChannelGroups.Of(net);
        Assert.Equal(3 + 5 + 2, groups.Members.Length);
        Assert.Equal(groups.Of(-1, 1), groups.Of(0, 1));
        Assert.Equal(groups.Of(-1, 1), groups.Of(2, 1));
        Assert.Equal(groups.Of(3, 4), groups.Of(4, 4));
        Assert.Equal(5, new ChannelSelector(net).GroupCount);
    }
}
