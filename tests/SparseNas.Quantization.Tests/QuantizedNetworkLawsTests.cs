using SparseNas.Networks;
using SparseNas.Testing.Networks;

namespace SparseNas.Quantization.Tests;

/// <summary>Every law has a network that breaks it and a message with place and values.</summary>
public class QuantizedNetworkLawsTests
{
    private static readonly Architecture Net = new("laws", new Shape(6, 6, 3), 3,
    [
        new Node("conv", new Conv2D(4, 3, 3, 1, Padding.Same), [-1]),
        new Node("side", new DepthwiseConv2D(3, 3, 1, Padding.Same), [0]),
        new Node("add", new Add(), [0, 1]),
        new Node("mean", new AvgPool(2, 2, 2), [2]),
        new Node("max", new MaxPool(2, 2, 1), [3]),
        new Node("dense", new Dense(3), [4]),
    ]);

    private static readonly QuantizedNetwork Good = RandomQuantizedNetworks.Draw(Net, new SeededRandom(8));

    public static TheoryData<string, string> Breaks { get; } = new()
    {
        { "input bits", "input: 8 bits must hold (raw bytes), but got 7" },
        { "input zero point", "input: 0 <= zero point <= 255 must hold, but got 256" },
        { "scale", "Conv2D 'conv': scale must be positive and finite, but is NaN" },
        { "activation bits", "Conv2D 'conv': 4 <= activation bits <= 8 must hold, but got 9" },
        { "weight count", "Conv2D 'conv': 108 weights are needed, but there are 107" },
        { "bias count", "Conv2D 'conv': 4 biases are needed, but there are 3" },
        { "weight bits", "Conv2D 'conv': weight bits must be 8, 4, 3, 2 or 1 (ternary), but are 5" },
        { "multiplier", "Conv2D 'conv': 0 <= multiplier 1 <= 32767 must hold, but got 32768" },
        { "multiplier count", "Conv2D 'conv': 1 or 4 multipliers are needed, but there are 2" },
        { "shift", "Conv2D 'conv': 1 <= shift <= 46 must hold, but got 0" },
        { "no requantisation", "Conv2D 'conv': a requantisation is needed" },
        { "kernel zero point", "Conv2D 'conv': zero point must be" },
        { "add multiplier", "Add 'add': 0 <= second multiplier <= 1048576 must hold, but got -1" },
        { "add shift", "Add 'add': 1 <= shift <= 20 must hold, but got 21" },
        { "add clamp", "Add 'add': 0 <= minimum <= maximum <= 255 must hold, but got 9 and 8" },
        { "mean zero point", "AvgPool 'mean': zero point must be" },
        { "max format", "MaxPool 'max': the output must have the input's format" },
        { "wrong kind", "MaxPool 'max': a QuantizedRelu does not compute this layer" },
        { "logits", "Dense 'dense': logits have 32 bits and zero point 0, but got 8 bits and zero point 1" },
        { "logits requantised", "Dense 'dense': the last operator gives raw logits and must have no requantisation" },
        { "operator count", "6 operators are needed, but there are 5" },
        { "another operator", "Conv2D 'conv': the integer operator 'side' is not the graph's operator 0" },
    };

    [Fact]
    public void TheUnbrokenNetworkIsLegal() => QuantizedNetworkLaws.Check(Good, "good");

    [Theory]
    [MemberData(nameof(Breaks))]
    public void ABreakIsNamedWithPlaceAndValues(string what, string expected)
    {
        var error = Assert.Throws<QuantizedNetworkException>(() => QuantizedNetworkLaws.Check(Break(what), what));
        Assert.Contains(error.Problems, problem => problem.StartsWith(expected, StringComparison.Ordinal));
    }

    private static QuantizedNetwork Break(string what)
    {
        var conv = (QuantizedKernel)Good.Operators[0];
        var add = (QuantizedAdd)Good.Operators[2];
        var mean = (QuantizedMean)Good.Operators[3];
        var max = (QuantizedMaxPool)Good.Operators[4];
        var dense = (QuantizedKernel)Good.Operators[5];
        Requantization r = conv.Requantization!;
        return what switch
        {
            "input bits" => Good with { Input = Good.Input with { Bits = 7, ZeroPoint = 0 } },
            "input zero point" => Good with { Input = Good.Input with { ZeroPoint = 256 } },
            "scale" => With(0, conv with { Output = conv.Output with { Scale = float.NaN } }),
            "activation bits" => With(0, conv with { Output = conv.Output with { Bits = 9 } }),
            "weight count" => With(0, conv with { Kernel = conv.Kernel with { Weights = conv.Kernel.Weights[..^1] } }),
            "bias count" => With(0, conv with { Kernel = conv.Kernel with { Biases = conv.Kernel.Biases[..^1] } }),
            "weight bits" => With(0, conv with { Kernel = conv.Kernel with { Bits = 5 } }),
            "multiplier" => With(0, conv with { Requantization = r with { Multipliers = [1, 32768, 1, 1] } }),
            "multiplier count" => With(0, conv with { Requantization = r with { Multipliers = [1, 1] } }),
            "shift" => With(0, conv with { Requantization = r with { Shift = 0 } }),
            "no requantisation" => With(0, conv with { Requantization = null }),
            "kernel zero point" => With(0, conv with { Kernel = conv.Kernel with { InputZeroPoint = Good.Input.ZeroPoint + 1 } }),
            "add multiplier" => With(2, add with { MultiplierB = -1 }),
            "add shift" => With(2, add with { Shift = 21 }),
            "add clamp" => With(2, add with { Minimum = 9, Maximum = 8 }),
            "mean zero point" => With(3, mean with { InputZeroPoint = add.Output.ZeroPoint + 1 }),
            "max format" => With(4, max with { Output = max.Output with { Scale = max.Output.Scale * 2 } }),
            "wrong kind" => With(4, new QuantizedRelu(max.Operator, max.Output)),
            "logits" => With(5, dense with { Output = new TensorFormat(8, 1, 1) }),
            "logits requantised" => With(5, dense with { Requantization = r }),
            "operator count" => Good with { Operators = Good.Operators[..^1] },
            "another operator" => With(0, Good.Operators[1]),
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, "No such break."),
        };
    }

    private static QuantizedNetwork With(int index, QuantizedOperator op) => Good with { Operators = Good.Operators.SetItem(index, op) };
}
