using SparseNas.Networks;
using SparseNas.Quantization.Execution;

namespace SparseNas.Quantization.Tests.Execution;

/// <summary>Oracle: numbers worked out by hand.</summary>
public class NaiveIntegerExecutorTests
{
    [Fact]
    public void AConvolutionPadsWithTheZeroPointAndRoundsHalfUp()
    {
        // Input 1x3x1 = 10 20 30 with zero point 10: 0 10 20. Kernel 1x3 = 1 2 3, same padding, bias 1:
        // 0·1+0·2+10·3+1 = 31, 0·1+10·2+20·3+1 = 81, 10·1+20·2+0+1 = 51; times 3, plus 2, shifted by 2: 23, 61, 38; plus 5.
        var conv = new Conv2D(1, 1, 3, 1, Padding.Same);
        QuantizedNetwork network = Net(new Shape(1, 3, 1), 10, conv, op => new QuantizedKernel(
            op, new TensorFormat(8, 1f, 5), new IntegerKernel([1, 2, 3], 8, [1], 10), new Requantization([3], 2, 5, 0, 40)));
        OperatorOutputs outputs = NaiveIntegerExecutor.Run(network, [10, 20, 30]);
        Assert.Equal([28, 40, 40], outputs.Activations[0]);   // 66 and 43 are clamped to 40
    }

    [Fact]
    public void ADepthwiseConvolutionKeepsChannelsApart()
    {
        var depthwise = new DepthwiseConv2D(1, 2);
        QuantizedNetwork network = Net(new Shape(1, 2, 2), 0, depthwise, op => new QuantizedKernel(
            op, new TensorFormat(8, 1f, 100), new IntegerKernel([1, -1, 2, 3], 8, [0, 7], 0), new Requantization([2, 1], 1, 100, 0, 255)));
        OperatorOutputs outputs = NaiveIntegerExecutor.Run(network, [50, 1, 20, 2]);
        Assert.Equal([100 + (50 - 20), 100 + 8], outputs.Activations[0]);   // (2·1 + 3·2 + 7 = 15, plus 1, halved)
    }

    [Fact]
    public void AMeanDividesInTheMultiplier()
    {
        QuantizedNetwork network = Net(new Shape(2, 2, 1), 4, new AvgPool(2, 2, 2), op => new QuantizedMean(
            op, new TensorFormat(8, 1f, 4), 4, new Requantization([1], 2, 4, 0, 255)));
        Assert.Equal([6], NaiveIntegerExecutor.Run(network, [4, 5, 6, 7]).Activations[0]);   // 4 + ((0 + 1 + 2 + 3 + 2) >> 2)
    }

    [Fact]
    public void GreyscaleIsLumaInEightBits()
    {
        QuantizedNetwork network =
            Net(new Shape(1, 1, 3), 0, new Greyscale(), op => new QuantizedGreyscale(op, new TensorFormat(8, 1f, 0)));
        byte luma = ((77 * 10) + (150 * 200) + (29 * 90) + 128) >> 8;
        Assert.Equal([luma], NaiveIntegerExecutor.Run(network, [10, 200, 90]).Activations[0]);
    }

    [Fact]
    public void AConcatenationBringsBothInputsToOneScale()
    {
        var architecture = new Architecture("both", new Shape(1, 2, 1), 2, [new("both", new Concat(), [-1, -1]), new("dense", new Dense(2), [0])]);
        OperatorGraph graph = OperatorGraph.From(architecture);
        var network = new QuantizedNetwork(graph, new TensorFormat(8, 1f, 3), [
            new QuantizedConcat(graph.Operators[0], new TensorFormat(8, 1f, 3), 3, 3, 1 << 3, 20, 3, 0, 255),
            new QuantizedKernel(graph.Operators[1], new TensorFormat(32, 1f, 0), new IntegerKernel([1, 0, 0, 0, 0, 0, 0, 1], 8, [0, 0], 3), null)]);
        QuantizedNetworkLaws.Check(network, "both");
        var concat = (QuantizedConcat)network.Operators[0];
        Assert.True(concat.Copies(0) && !concat.Copies(1));
        OperatorOutputs outputs = NaiveIntegerExecutor.Run(network, [13, 250]);
        Assert.Equal([13, 3 + (((10 * 20) + 4) >> 3), 250, 255], outputs.Activations[0]);
        Assert.Equal([10, 252], outputs.Logits);
    }

    [Fact]
    public void AGatherSelectsAndClampsAfterARelu()
    {
        var architecture = Architecture.Chain("one", new Shape(2, 2, 1), 2, new Gather([1, 2]), new Relu(), new Dense(2));
        OperatorGraph graph = OperatorGraph.From(architecture);
        var network = new QuantizedNetwork(graph, new TensorFormat(8, 1f, 9), [
            new QuantizedGather(graph.Operators[0], new TensorFormat(8, 1f, 9)),
            new QuantizedKernel(graph.Operators[1], new TensorFormat(32, 1f, 0), new IntegerKernel([1, 0, 0, 1], 8, [0, 0], 9), null)]);
        OperatorOutputs outputs = NaiveIntegerExecutor.Run(network, [200, 7, 50, 100]);
        Assert.Equal([9, 50], outputs.Activations[0]);
        Assert.Equal([0, 41], outputs.Logits);
    }

    [Fact]
    public void AnAddWeighsBothInputs()
    {
        var architecture = new Architecture("add", new Shape(1, 1, 1), 2,
            [new("add1", new Add(), [-1, -1]), new("dense", new Dense(2), [0])]);
        OperatorGraph graph = OperatorGraph.From(architecture);
        var input = new TensorFormat(8, 1f, 3);
        var network = new QuantizedNetwork(graph, input, [
            new QuantizedAdd(graph.Operators[0], new TensorFormat(8, 1f, 7), 3, 3, 5, 2, 3, 0, 255),
            new QuantizedKernel(graph.Operators[1], new TensorFormat(32, 1f, 0), new IntegerKernel([2, -2], 8, [1, 30], 7), null)]);
        OperatorOutputs outputs = NaiveIntegerExecutor.Run(network, [13]);
        Assert.Equal([16], outputs.Activations[0]);   // 7 + ((10·5 + 10·2 + 4) >> 3)
        Assert.Equal([19, 12], outputs.Logits);
        Assert.Equal(0, outputs.Class);
    }

    [Fact]
    public void AnImageOfTheWrongLengthIsRefused()
    {
        QuantizedNetwork network =
            Net(new Shape(1, 1, 3), 0, new Greyscale(), op => new QuantizedGreyscale(op, new TensorFormat(8, 1f, 0)));
        string message = Assert.Throws<ArgumentException>(() => NaiveIntegerExecutor.Run(network, [1, 2])).Message;
        Assert.Contains("1x1x3 has 3 bytes, but 2 were given", message);
    }

    [Fact]
    public void TheFirstOfEqualLogitsWins() => Assert.Equal(1, ArgMax.Of([3, 9, 9, -1]));

    /// <summary>One operator under test and a dense layer behind it.</summary>
    private static QuantizedNetwork Net(Shape shape, int zeroPoint, LayerSpec layer, Func<Operator, QuantizedOperator> build)
    {
        OperatorGraph graph = OperatorGraph.From(Architecture.Chain("one", shape, 2, layer, new Dense(2)));
        QuantizedOperator op = build(graph.Operators[0]);
        var dense = new IntegerKernel([.. new sbyte[2 * graph.Operators[0].Output.Elements]], 8, [0, 0], op.Output.ZeroPoint);
        var network = new QuantizedNetwork(graph, new TensorFormat(8, 1f, zeroPoint), [
            op, new QuantizedKernel(graph.Operators[1], new TensorFormat(32, 1f, 0), dense, null)]);
        QuantizedNetworkLaws.Check(network, "one");
        return network;
    }
}
