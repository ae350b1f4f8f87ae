namespace SparseNas.Networks.Tests.Operators;

public class OperatorGraphTests
{
    [Fact]
    public void BatchNormAndReluFoldIntoTheOperatorThatAloneFeedsThem()
    {
        OperatorGraph graph = OperatorGraph.From(Architecture.Chain("net", new Shape(8, 8, 1), 2,
            new Conv2D(4, 3, 3), new BatchNorm(), new Relu(), new MaxPool(2, 2, 2), new Relu(), new Dense(2)));
        Assert.Equal(["conv1", "maxpool4", "dense6"], graph.Operators.Select(op => op.Name));
        Assert.Equal([true, true, false], graph.Operators.Select(op => op.HasRelu));
        Assert.Equal([1, null, null], graph.Operators.Select(op => op.BatchNormIndex));
        Assert.Equal([-1, 0, 1], graph.Operators.Select(op => op.Inputs.Single()));
    }

    [Fact]
    public void AValueThatTwoReadIsKeptAsItIs()
    {
        OperatorGraph graph = OperatorGraph.From(new Architecture("net", new Shape(8, 8, 1), 2,
        [
            new("conv", new Conv2D(4, 3, 3), [-1]), new("relu", new Relu(), [0]), new("sum", new Add(), [0, 1]), new("head", new Dense(2), [2]),
        ]));
        Assert.Equal(["conv", "relu", "sum", "head"], graph.Operators.Select(op => op.Name));
        Assert.DoesNotContain(graph.Operators, op => op.HasRelu);
    }

    [Fact]
    public void ABatchNormBehindAReluIsADepthwiseOfOneTap()
    {
        OperatorGraph graph = OperatorGraph.From(Architecture.Chain("net", new Shape(8, 8, 1), 2,
            new Conv2D(4, 3, 3), new Relu(), new BatchNorm(), new Relu(), new Dense(2)));
        Assert.Equal([new Conv2D(4, 3, 3), new DepthwiseConv2D(1, 1), new Dense(2)], graph.Operators.Select(op => op.Layer));
        Assert.Equal(2, graph.Operators[1].BatchNormIndex);
        Assert.True(graph.Operators[1].HasRelu);
    }

    [Fact]
    public void FoldedNetworksComputeTheSameFunction()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            Network network = RandomNetwork.Of(RandomArchitecture.Of(seed), seed, sparsity: seed % 2 == 0 ? 0 : 0.4);
            double[] input = RandomNetwork.Input(network.Architecture.Input, seed);
            double[] expected = NaiveForward.Run(network, input)[^1], actual = NaiveForward.Run(FoldedNetwork.From(network), input)[^1];
            double size = 1 + expected.Max(Math.Abs);
            for (int index = 0; index < expected.Length; index++)
            {
                Assert.True(Math.Abs(expected[index] - actual[index]) < 1e-5 * size, $"seed {seed}: {expected[index]} became {actual[index]}");
            }
        }
    }
}
