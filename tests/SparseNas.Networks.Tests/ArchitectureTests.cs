namespace SparseNas.Networks.Tests;

public class ArchitectureTests
{
    [Fact]
    public void ShapesOfAChainAreThoseWorkedByHand()
    {
        var net = Architecture.Chain("net", new Shape(32, 30, 3), 10,
            new Downsample(2), new Greyscale(), new Conv2D(8, 3, 5), new Relu(), new MaxPool(2, 3, 2),
            new DepthwiseConv2D(3, 3, 2, Padding.Same), new BatchNorm(), new Conv2D(12, 1, 1, 2), new AvgPool(2, 1, 1), new Dense(10));
        Shape[] expected =
        [
            new(16, 15, 3), new(16, 15, 1), new(14, 11, 8), new(14, 11, 8), new(7, 5, 8), new(4, 3, 8), new(4, 3, 8), new(2, 2, 12),
            new(1, 2, 12), new(1, 1, 10),
        ];
        Assert.Equal(expected, Enumerable.Range(0, expected.Length).Select(net.OutputOf));
        Assert.Equal(["downsample1", "greyscale2", "conv3", "relu4", "maxpool5", "depthwise6", "batchnorm7", "conv8", "avgpool9", "dense10"],
            net.Nodes.Select(node => node.Name));
    }

    [Fact]
    public void ASignalIsAnImageOfHeightOneWhoseRowsNeitherStrideNorShrink()
    {
        var net = Architecture.Chain("signal", new Shape(1, 128, 3), 4,
            new Downsample(4), new Conv2D(6, 1, 7, 2), new MaxPool(1, 2, 2), new Conv2D(8, 1, 3, 2, Padding.Same), new GlobalAveragePool(), new Dense(4));
        Assert.Equal([new(1, 32, 3), new(1, 13, 6), new(1, 6, 6), new(1, 3, 8), new(1, 1, 8), new(1, 1, 4)],
            Enumerable.Range(0, 6).Select(net.OutputOf));
    }

    [Fact]
    public void BranchesMeetInAnAddOfOneShape()
    {
        var net = new Architecture("branches", new Shape(8, 8, 1), 2,
        [
            new("stem", new Conv2D(4, 3, 3), [-1]), new("left", new Conv2D(6, 3, 3, 1, Padding.Same), [0]),
            new("right", new Conv2D(6, 1, 1), [0]), new("sum", new Add(), [1, 2]), new("head", new Dense(2), [3]),
        ]);
        Assert.Equal(new Shape(6, 6, 6), net.OutputOf(3));
        Assert.Equal([1, 2], net.ReadersOf(0));
        Assert.Equal(net.OutputOf(2), net.InputOf(4) with { });
    }

    [Fact]
    public void AGatherGivesAVectorAndIsWhatItSelects()
    {
        var net = Architecture.Chain("gather", new Shape(9, 9, 1), 10, new Conv2D(22, 5, 5), new Gather([0, 7, 549]), new Dense(10));
        Assert.Equal(new Shape(1, 1, 3), net.OutputOf(1));
        Assert.Equal(30, ParameterCount.Of(net, 2).Weights);
        Assert.Equal(new Gather([1, 2]), new Gather([1, 2]));
        Assert.NotEqual(new Gather([1, 2]), new Gather([1, 3]));
    }

    [Fact]
    public void EveryBrokenLawIsListedWithValuesAndPlace()
    {
        ArchitectureException broken = Assert.Throws<ArchitectureException>(() => new Architecture("broken", new Shape(3, 3, 2), 10,
        [
            new("2bad", new Conv2D(4, 1, 1), [-1]),
            new("twice", new Relu(), [0]),
            new("twice", new Relu(), [1]),
            new("conv2", new Conv2D(4, 5, 5), [2]),
            new("stride", new Conv2D(4, 1, 1, 3), [2]),
            new("wide", new DepthwiseConv2D(8, 1), [2]),
            new("grey", new Greyscale(), [2]),
            new("sum", new Add(), [2]),
            new("mixed", new Add(), [2, -1]),
            new("small", new MaxPool(2, 2, 1), [2]),
            new("beside", new Concat(), [2, 9]),
            new("none", new Gather([]), [2]),
            new("outside", new Gather([0, 35, 36]), [2]),
            new("unordered", new Gather([4, 4]), [2]),
            new("later", new Relu(), [30]),
            new("pool", new MaxPool(4, 4, 4), [2]),
            new("input", new Downsample(9), [2]),
            new("features", new Dense(0), [2]),
            new("head", new Dense(7), [2]),
        ]));
        string[] expected =
        [
            "Conv2D '2bad': a name is a letter followed by letters, digits or underscores",
            "Relu 'twice': the name is used twice",
            "Conv2D 'conv2': kernel 5x5 does not fit input 3x3 with valid padding",
            "Conv2D 'stride': stride must be 1 or 2, but got 3",
            "DepthwiseConv2D 'wide': 1 <= kernel <= 7 must hold, but got 8x1",
            "Greyscale 'grey': greyscale needs 3 channels, but got 3x3x4",
            "Add 'sum': needs 2 input(s), but got 1",
            "Add 'mixed': both inputs must have one shape, but got 3x3x4 and 3x3x2",
            "Relu 'later': input 30 must be an earlier node (-1 to 13)",
            "Concat 'beside': both inputs must have the same rows and columns, but got 3x3x4 and 2x2x4",
            "Gather 'none': at least one index is needed",
            "Gather 'outside': indices must increase within 0 to 35 (input 3x3x4), but index 2 is 36",
            "Gather 'unordered': indices must increase within 0 to 35 (input 3x3x4), but index 1 is 4",
            "MaxPool 'pool': window 4x4 does not fit input 3x3",
            "Downsample 'input': the name 'input' stands for the network's input",
            "Downsample 'input': 2 <= factor <= 4 must hold, but got 9",
            "Dense 'features': output features >= 1 must hold, but got 0",
            "Conv2D 'conv2': nothing reads its output",
            "Dense 'head': the output must be 1x1x10 (one logit per class), but is 1x1x7",
        ];
        Assert.All(expected, problem => Assert.Contains(problem, broken.Problems));
        Assert.All(broken.Problems, problem => Assert.Contains(problem, broken.Message));
    }

    [Fact]
    public void TheLastLayerGivesTheLogits()
    {
        ArchitectureException broken = Assert.Throws<ArchitectureException>(
            () => Architecture.Chain("relu", new Shape(4, 4, 1), 2, new Dense(2), new Relu()));
        Assert.Equal<string>(["Relu 'relu2': the last layer gives the logits and must be Dense, Conv2D or GlobalAveragePool"], broken.Problems);
    }

    [Fact]
    public void InputClassesAndLayersAreCheckedTogether()
    {
        ArchitectureException broken = Assert.Throws<ArchitectureException>(() => new Architecture("empty", new Shape(0, 4, 1), 1, []));
        Assert.Equal<string>(
            ["input 0x4x1 must be at least 1x1x1", "classes >= 2 must hold, but got 1", "at least one layer is needed"], broken.Problems);
    }

    [Fact]
    public void EqualityLooksAtLayersNamesAndConnections()
    {
        Architecture a = RandomArchitecture.Of(7), same = RandomArchitecture.Of(7), other = RandomArchitecture.Of(8);
        Assert.Equal(a, same);
        Assert.Equal(a.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(a, other);
    }

    [Fact]
    public void RandomArchitecturesAreValidAndCoverEveryLayerKind()
    {
        HashSet<string> kinds = [];
        for (ulong seed = 0; seed < 300; seed++) kinds.UnionWith(RandomArchitecture.Of(seed).Nodes.Select(node => LayerNames.Of(node.Layer)));
        Assert.Equal(13, kinds.Count);
    }
}
