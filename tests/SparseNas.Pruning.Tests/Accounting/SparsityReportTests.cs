using SparseNas.Networks;

namespace SparseNas.Pruning.Tests.Accounting;

public class SparsityReportTests
{
    [Fact]
    public void EncodingsByHand()
    {
        // 3 outputs of 10 features, 4 bits: 2 features alive, 5 weights alive
        var weights = new float[30];
        foreach (int index in (int[])[2, 7, 12, 17, 22]) weights[index] = 1;
        OperatorSparsity op = OperatorSparsity.Of("dense", weights, 10, isDense: true, bits: 4);
        Assert.Equal(new OperatorSparsity("dense", 30, 5, 15, 7, 2 + 3, 10), op);   // 120 bits; 30 + 20 bits; 2 indices + 24 bits
        Assert.Equal((WeightEncoding.Gather, 5), (op.Cheapest, op.Bytes));

        OperatorSparsity conv = OperatorSparsity.Of("conv", weights, 10, isDense: false, bits: 4);
        Assert.Equal((null, WeightEncoding.Bitmap, 7), (conv.GatherBytes, conv.Cheapest, conv.Bytes));
        Assert.Equal(WeightEncoding.Dense, OperatorSparsity.Of("full", [1, 2, 3, 4], 2, true, 8).Cheapest);
    }

    [Fact]
    public void IndicesOfWideLayersTakeTwoBytes()
    {
        var weights = new float[600];
        weights[3] = weights[299] = 1;
        Assert.Equal((2 * 2) + 4, OperatorSparsity.Of("dense", weights, 300, true, 8).GatherBytes);
    }

    [Fact]
    public void CompactionShrinksEveryFigureAndStructureAloneShrinksTheArena()
    {
        var net = Architecture.Chain("net", new Shape(16, 16, 1), 4,
            new Conv2D(8, 3, 3), new Relu(), new Conv2D(8, 3, 3), new Relu(), new MaxPool(2, 2, 2), new Dense(4));
        Network full = RandomNetwork.Of(net, 1);
        SparsityReport dense = SparsityReport.Of(full, 8);
        SparsityReport single = SparsityReport.Of(Compaction.Compact(RandomNetwork.Of(net, 1, sparsity: 0.5)), 8);
        Network narrow = Pruned(full, new MagnitudePruning { Sparsity = 0.5, Granularity = PruningGranularity.Channel });
        SparsityReport structured = SparsityReport.Of(Compaction.Compact(narrow), 8);

        Assert.Equal(dense.ArenaBytes, single.ArenaBytes);
        Assert.True(single.WeightBytes < dense.WeightBytes && single.L0 < dense.L0 && single.Wm1Elements < dense.Wm1Elements);
        Assert.True(structured.ArenaBytes < dense.ArenaBytes);
        Assert.True(structured.WeightBytes < dense.WeightBytes && structured.L0 < dense.L0 && structured.Macs < dense.Macs);
        Assert.True(structured.Wm1Elements < dense.Wm1Elements && structured.Wm2Elements < dense.Wm2Elements);
        Assert.True(structured.L0 <= narrow.L0);
        Assert.Equal(4, SparsityReport.Table(("a", dense), ("b", single), ("c", structured)).TrimEnd().Split('\n').Length);
    }

    internal static Network Pruned(Network network, PruningOptions options)
    {
        var weights = new FakeWeights(network);
        weights.Run(PruningOptions.HookFor(options, new(network.Architecture, 100, 1))!, 20, 0.1f);
        return new Network(network.Architecture, [.. network.Layers.Select((layer, node) => layer is KernelWeights kernel
            ? kernel with { Weights = [.. weights.Of(node)], Mask = [.. weights.MaskOf(node)] } : layer)]);
    }
}
