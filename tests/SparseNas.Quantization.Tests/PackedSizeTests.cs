using SparseNas.Networks;

namespace SparseNas.Quantization.Tests;

/// <summary>Oracle: counted by hand.</summary>
public class PackedSizeTests
{
    [Fact]
    public void EveryNumberIsCountedOnce()
    {
        OperatorGraph graph = OperatorGraph.From(Architecture.Chain(
            "net", new Shape(2, 2, 1), 2, new Conv2D(2, 1, 1), new AvgPool(2, 2, 2), new Dense(2)));
        var format = new TensorFormat(8, 1, 0);
        var network = new QuantizedNetwork(graph, format, [
            new QuantizedKernel(
                graph.Operators[0], format, new IntegerKernel([3, 0], 4, [0, 200], 0), new Requantization([5, 6], 4, 0, 0, 255)),
            new QuantizedMean(graph.Operators[1], format, 0, new Requantization([1], 2, 0, 0, 255)),
            new QuantizedKernel(graph.Operators[2], new TensorFormat(32, 1, 0), new IntegerKernel([1, -1, 0, 1], 2, [-1, 0], 0), null)]);
        PackedSize size = PackedSize.Of(network);
        // conv: 2 weights of 4 bits = 1 byte, biases to 200 = 2 x 2, two multipliers and a shift = 5;
        // mean: 3; dense: 4 x 2 bits = 1, biases 2 x 1.
        Assert.Equal([10, 3, 3], size.Operators.Select(op => op.TotalBytes));
        Assert.Equal(16, size.ParameterBytes);
        Assert.Equal(2 + 0 + 4, size.L0);
    }

    [Theory]
    [InlineData(3, 6)]     // 6 bytes of indices (2 each beyond 256 values) against 68 of one bit per value
    [InlineData(122, 69)]  // SpArSe's shipped network: one bit for each of 550 values against 244 bytes of indices
    public void AGatherCountsTheShorterOfIndicesAndBits(int selected, int expected)
    {
        OperatorGraph graph = OperatorGraph.From(Architecture.Chain(
            "net", new Shape(5, 5, 22), 2, new Gather([.. Enumerable.Range(0, selected).Select(index => index * 4)]), new Dense(2)));
        var format = new TensorFormat(8, 1, 0);
        var network = new QuantizedNetwork(graph, format, [
            new QuantizedGather(graph.Operators[0], format),
            new QuantizedKernel(graph.Operators[1], new TensorFormat(32, 1, 0), new IntegerKernel([.. new sbyte[2 * selected]], 8, [0, 0], 0), null)]);
        Assert.Equal(expected, PackedSize.Of(network).Operators[0].TotalBytes);
    }
}
