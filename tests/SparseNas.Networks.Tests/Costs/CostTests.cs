using System.Collections.Immutable;

namespace SparseNas.Networks.Tests.Costs;

/// <summary>Costs of one network worked by hand: conv3x3x8 on 28x28x1, pool, depthwise, pointwise, dense 10.</summary>
public class CostTests
{
    private static readonly Architecture Net = Architecture.Chain("net", new Shape(28, 28, 1), 10,
        new Conv2D(8, 3, 3), new BatchNorm(), new Relu(), new MaxPool(2, 2, 2), new DepthwiseConv2D(3, 3), new Conv2D(16, 1, 1), new Dense(10));

    private static readonly OperatorGraph Graph = OperatorGraph.From(Net);

    [Fact]
    public void MacsCountEachLayerDensely()
    {
        long[] expected = [26 * 26 * 8 * 9, 0, 11 * 11 * 8 * 9, 11 * 11 * 16 * 8, 11 * 11 * 16 * 10];
        Assert.Equal(expected, Enumerable.Range(0, 5).Select(index => MacCount.Of(Graph, index)));
        Assert.Equal(expected.Sum(), MacCount.Of(Graph));
    }

    [Fact]
    public void WorkingMemoryOfSpArSe()
    {
        // inputs 784, 5408, 1352, 968, 1936; weights + biases 80, 0, 80, 144, 19370; outputs 5408, 1352, 968, 1936, 10
        SparseWorkingMemory memory = SparseWorkingMemory.Of(Graph, [80, 0, 80, 144, 19_370]);
        Assert.Equal(1936 + 19_370, memory.Wm1Elements);
        Assert.Equal(5408 + 1352, memory.Wm2Elements);
    }

    [Fact]
    public void AnAddReadsBothInputs()
    {
        var net = new Architecture("residual", new Shape(4, 4, 2), 2,
            [new("a", new Conv2D(2, 1, 1), [-1]), new("sum", new Add(), [-1, 0]), new("head", new Dense(2), [1])]);
        Assert.Equal(96, SparseWorkingMemory.Of(OperatorGraph.From(net), [6, 0, 66]).Wm2Elements);   // 32 + 32 in, 32 out
    }

    [Theory]
    [InlineData(100, 100, 8, 100)]    // dense
    [InlineData(100, 10, 8, 23)]      // bitmap of 13 bytes and 10 values (100 + 80 bits)
    [InlineData(100, 0, 8, 13)]
    [InlineData(9, 9, 4, 5)]          // 36 bits
    [InlineData(7, 3, 2, 2)]          // 14 bits dense, 13 bits with a bitmap: both two bytes
    [InlineData(0, 0, 8, 0)]
    [InlineData(100, 100, 1, 20)]     // ternary: five in a byte
    [InlineData(100, 40, 1, 18)]      // 100 bits of map and 40 signs
    public void WeightsTakeTheCheaperEncoding(int count, int nonZero, int bits, int expected) =>
        Assert.Equal(expected, ParameterBytes.Weights(count, nonZero, bits));

    [Fact]
    public void ADenseLayerOverFewFeaturesIsAGather()
    {
        // SpArSe's micro:bit network: 122 of 550 features, 10 outputs
        var weights = new sbyte[5500];
        for (int feature = 0; feature < 122; feature++) weights[(feature % 10 * 550) + (feature * 4)] = 1;
        Assert.Equal(69 + 1220, ParameterBytes.Gather<sbyte>(weights, 550, 8));
        Assert.Equal(69 + 305, ParameterBytes.Gather<sbyte>(weights, 550, 2));
        Assert.Equal(1 + 3, ParameterBytes.Gather<float>([0, 0, 0, 0, 2, 0, 0, 0, 0], 3, 8));
    }

    [Fact]
    public void BiasesTakeTheNarrowestWidthThatHoldsAll()
    {
        Assert.Equal(2, ParameterBytes.Biases([-128, 127]));
        Assert.Equal(4, ParameterBytes.Biases([-129, 0]));
        Assert.Equal(8, ParameterBytes.Biases([0, 40_000]));
        Assert.Equal(0, ParameterBytes.Biases([]));
        Assert.Equal(0, ParameterBytes.Requantization(0));
        Assert.Equal(17, ParameterBytes.Requantization(8));
    }

    [Fact]
    public void ParameterCountsByHand()
    {
        ParameterCount[] expected = [new(72, 8, 0), new(0, 0, 8), default, default, new(72, 8, 0), new(128, 16, 0), new(19_360, 10, 0)];
        Assert.Equal(expected, Enumerable.Range(0, 7).Select(index => ParameterCount.Of(Net, index)));
    }
}
