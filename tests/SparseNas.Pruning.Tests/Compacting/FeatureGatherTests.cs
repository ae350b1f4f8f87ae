using SparseNas.Networks;

namespace SparseNas.Pruning.Tests.Compacting;

public class FeatureGatherTests
{
    /// <summary>A branch keeps rows from being planned, so that the last tensor stands whole and a gather may lie over it.</summary>
    private static readonly Architecture Net = new("net", new Shape(8, 8, 1), 3,
    [
        new("conv1", new Conv2D(4, 3, 3), [-1]), new("depthwise2", new DepthwiseConv2D(3, 3, 1, Padding.Same), [0]),
        new("add", new Add(), [0, 1]), new("dense3", new Dense(10), [2]), new("relu4", new Relu(), [3]), new("dense5", new Dense(3), [4]),
    ]);

    [Fact]
    public void FewLivingFeaturesAreGathered()
    {
        Network pruned = WithLiving(feature => feature % 7 == 0);
        Network compact = Compaction.Compact(pruned);
        var gather = Assert.IsType<Gather>(compact.Architecture.Nodes[3].Layer);
        Assert.Equal(Enumerable.Range(0, 144).Where(feature => feature % 7 == 0), gather.Indices);
        Assert.Equal(21 * 10, compact.Kernel(4).Weights.Length);
        CompactionTests.AssertSameFunction(pruned, compact, 0);
        // 1,440 bits of bitmap and 210 weights of a byte, or 18 bytes of selection and the 210 weights
        Assert.Equal(18 + 210, SparsityReport.Of(compact, 8).Operators.Where(op => op.Name.StartsWith("dense3", StringComparison.Ordinal)).Sum(op => op.Bytes));
        Assert.Equal(WeightEncoding.Gather, SparsityReport.Of(compact, 8).Operators.Single(op => op.Name == "dense3_gather").Cheapest);
    }

    [Fact]
    public void ScatteredWeightsStayInTheirMatrix()
    {
        Network full = RandomNetwork.Of(Net, 3);
        float[] weights = [.. full.Kernel(3).Weights.Select((weight, index) => index % 7 == 0 ? weight : 0f)];
        Network pruned = new(Net, [.. full.Layers.Select((layer, node) => node == 3 ? full.Kernel(3) with { Weights = [.. weights] } : layer)]);
        Assert.DoesNotContain(Compaction.Compact(pruned).Architecture.Nodes, node => node.Layer is Gather);
    }

    [Fact]
    public void ChannelsInFrontOfAGatherStillLeave()
    {
        Network once = Compaction.Compact(WithLiving(feature => feature % 7 == 0));
        float[] dense = [.. once.Kernel(4).Weights];
        var gather = (Gather)once.Architecture.Nodes[3].Layer;
        for (int index = 0; index < dense.Length; index++)
        {
            if (gather.Indices[index % gather.Indices.Length] % 4 == 1) dense[index] = 0;   // channel 1 of 4
        }

        Network pruned = new(once.Architecture, [.. once.Layers.Select((layer, node) => node == 4 ? once.Kernel(4) with { Weights = [.. dense] } : layer)]);
        Network twice = Compaction.Compact(pruned);
        Assert.Equal(3, ((Conv2D)twice.Architecture.Nodes[0].Layer).OutputChannels);
        Assert.Equal(once.Architecture.Nodes.Select(node => node.Name), twice.Architecture.Nodes.Select(node => node.Name));
        CompactionTests.AssertSameFunction(pruned, twice, 0);
    }

    [Fact]
    public void GathersNeverCostPackedBytesOrArena()
    {
        int gathered = 0;
        for (ulong seed = 0; seed < 200; seed++)
        {
            Network network = RandomDamage.Of(RandomNetwork.Of(RandomArchitecture.Of(seed), seed), seed);
            Network compact = Compaction.Compact(network);
            SparsityReport before = SparsityReport.Of(Compaction.Narrow(network), 8), after = SparsityReport.Of(compact, 8);
            Assert.True(after.WeightBytes <= before.WeightBytes, $"seed {seed}: {before.WeightBytes} weight bytes became {after.WeightBytes} in {ArchitectureJson.WriteLine(compact.Architecture)}");
            Assert.True(after.ArenaBytes <= before.ArenaBytes, $"seed {seed}: {before.ArenaBytes} arena bytes became {after.ArenaBytes} in {ArchitectureJson.WriteLine(compact.Architecture)}");
            gathered += compact.Architecture.Nodes.Count(node => node.Layer is Gather) > network.Architecture.Nodes.Count(node => node.Layer is Gather) ? 1 : 0;
        }

        Assert.True(gathered > 8, $"only {gathered} of 200 networks were given a gather");
    }

    private static Network WithLiving(Func<int, bool> lives)
    {
        Network full = RandomNetwork.Of(Net, 3);
        float[] weights = [.. full.Kernel(3).Weights.Select((weight, index) => lives(index % 144) ? weight : 0f)];
        return new Network(Net, [.. full.Layers.Select((layer, node) => node == 3 ? full.Kernel(3) with { Weights = [.. weights] } : layer)]);
    }
}
