using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Testing.Networks;

/// <summary>A network that a search has found.</summary>
/// <param name="Trial">Its number in the study.</param>
/// <param name="L0">Weights and biases that are not zero.</param>
/// <param name="Architecture">Its layers, with a ReLU behind every convolution in place of what each has there.</param>
public sealed record FrontMember(int Trial, int L0, Architecture Architecture)
{
    /// <summary>An integer network of this architecture, as sparse as the member: 8-bit activations and 4-bit weights drawn at random.</summary>
    public QuantizedNetwork Draw()
    {
        int parameters = Enumerable.Range(0, Architecture.Nodes.Length).Select(node => ParameterCount.Of(Architecture, node)).Sum(count => count.Weights + count.Biases);
        double sparsity = Math.Max(1 - ((double)L0 / parameters), 0);
        return RandomQuantizedNetworks.Draw(Architecture, new SeededRandom((ulong)Trial, 0xF407), new RandomQuantization { WeightBits = [4], Sparsity = sparsity });
    }
}

/// <summary>
/// The front of <c>configs/studies/mnist.json</c>, all 31 members, as <c>sparsenas front</c> prints them: trial, L0, layers. Here <c>/2</c> is a stride of 2,
/// <c>s</c> padding that keeps the size.
/// </summary>
public static partial class MnistFront
{
    private const string Printed =
        """
        106 2535 conv5x5x6 conv1x1x4 conv5x5x5/2s conv3x3x8s maxpool2x2/2 conv3x3x14s maxpool2x2/2 dense10
        122 2329 conv5x5x6 conv5x5x5/2s conv3x3x8s maxpool2x2/2 conv3x3x14s maxpool2x2/2 dense10
        109 2252 conv5x5x8 conv1x1x4 conv5x5x5/2s conv3x3x8s maxpool2x2/2 conv3x3x14s maxpool2x2/2 dense10
        112 2418 conv5x5x4 conv5x5x4/2 conv3x3x6s maxpool2x2/2 conv3x3x10s dense10
        96 1495 conv5x5x4 conv5x5x4/2s conv3x3x6s maxpool2x2/2 conv3x3x10s maxpool2x2/2 dense10
        101 1738 conv5x5x5 conv1x1x3 conv5x5x4/2s conv3x3x7s maxpool2x2/2 conv3x3x12s maxpool2x2/2 dense10
        59 2420 conv5x5x6/2s conv3x3x10s maxpool2x2/2 conv3x3x16s maxpool2x2/2 dense10
        114 1505 conv5x5x4 conv5x5x4/2s conv3x3x6s maxpool2x2/2 conv3x3x10s maxpool2x2/2 dense10
        72 1922 downsample2 conv3x3x4s conv3x3x6s conv5x5x6 maxpool2x2/2 dense10
        115 1505 conv5x5x4 conv5x5x4/2s conv3x3x6s maxpool2x2/2 conv3x3x10s maxpool2x2/2 dense10
        88 1746 downsample2 conv3x3x5 conv1x1x3 conv5x5x5s conv3x3x8 conv3x3x7 maxpool2x2/2 dense10
        113 1299 conv5x5x4 conv5x5x4/2s conv3x3x6s maxpool2x2/2 conv3x3x10s maxpool2x2/2 dense10
        57 1645 downsample2 conv3x3x5 conv1x1x3 conv5x5x5s conv3x3x8 conv3x3x7 maxpool2x2/2 dense10
        110 1054 conv5x5x4 conv3x3x4/2s conv3x3x6s maxpool2x2/2 conv3x3x8s maxpool2x2/2 dense10
        62 2091 downsample2 conv3x3x5 conv3x3x8 conv3x3x10 maxpool2x2/2 dense10
        91 1455 downsample2 conv3x3x5 conv3x3x7 conv3x3x6 maxpool2x2/2 dense10
        105 1099 downsample2 conv3x3x4 conv3x3x6 conv3x3x4s maxpool2x2/2 dense10
        89 939 downsample2 conv3x3x4 conv3x3x7 conv3x3x4 maxpool2x2/2 dense10
        129 632 downsample2 conv3x3x4s conv3x3x6s maxpool2x2/2 conv3x3x6 maxpool2x2/2 dense10
        117 776 downsample2 conv3x3x4 conv3x3x7 conv3x3x4 maxpool2x2/2 dense10
        128 649 downsample2 conv3x3x4s conv3x3x6s maxpool2x2/2 conv3x3x6 maxpool2x2/2 dense10
        118 754 downsample2 conv3x3x4 conv3x3x7 conv3x3x4 maxpool2x2/2 dense10
        127 607 downsample2 conv3x3x4s conv3x3x5s maxpool2x2/2 conv3x3x5s maxpool2x2/2 dense10
        26 1056 downsample2 conv3x3x14/2 conv3x3x6 conv3x3x5 dense10
        32 2102 downsample2 conv5x5x8/2s maxpool2x2/2 conv1x1x4 conv3x3x16s conv3x3x7s conv3x3x8/2s gap dense10
        30 1280 downsample2 conv3x3x5 maxpool2x2/2 conv5x5x5/2s conv1x1x3 conv3x3x20/2 dense10
        98 681 downsample2 conv5x5x12s maxpool2x2/2 conv1x1x3 conv3x3x7 depthwise3x3/2 conv1x1x16 gap dense10
        69 570 downsample2 conv5x5x4s conv3x3x6s maxpool2x2/2 conv3x3x6/2 maxpool2x2/2 dense10
        82 519 downsample2 conv3x3x4s conv1x1x4 conv3x3x6s maxpool2x2/2 conv3x3x6/2 maxpool2x2/2 dense10
        24 259 downsample2 conv5x5x7 maxpool2x2/2 depthwise5x5 conv1x1x6 gap dense10
        33 162 downsample2 depthwise5x5/2s conv1x1x7 maxpool2x2/2 depthwise3x3/2s conv1x1x5 gap dense10
        """;

    /// <summary>All members.</summary>
    public static ImmutableArray<FrontMember> All { get; } = [.. Printed.Split('\n').Select(Parse)];

    private static FrontMember Parse(string line)
    {
        string[] words = line.Split(' ');
        return new FrontMember(Number(words[0]), Number(words[1]), Architecture.Chain($"trial{words[0]}", new Shape(28, 28, 1), 10, [.. words.Skip(2).SelectMany(Layers)]));
    }

    private static IEnumerable<LayerSpec> Layers(string word)
    {
        Match match = LayerPattern().Match(word);
        int[] sizes = [.. match.Groups["size"].Captures.Select(size => Number(size.Value))];
        int stride = match.Groups["stride"] is { Success: true } found ? Number(found.Value) : 1;
        Padding padding = match.Groups["same"].Success ? Padding.Same : Padding.Valid;
        return match.Groups["kind"].Value switch
        {
            "conv" => [new Conv2D(sizes[2], sizes[0], sizes[1], stride, padding), new Relu()],
            "depthwise" => [new DepthwiseConv2D(sizes[0], sizes[1], stride, padding), new Relu()],
            "maxpool" => [new MaxPool(sizes[0], sizes[1], stride)],
            "downsample" => [new Downsample(sizes[0])],
            "gap" => [new GlobalAveragePool()],
            "dense" => [new Dense(sizes[0])],
            _ => throw new FormatException($"'{word}' is no layer."),
        };
    }

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<kind>[a-z]+?)((?<size>\d+)(x(?<size>\d+))*)?(/(?<stride>\d+))?(?<same>s)?$")]
    private static partial Regex LayerPattern();
}
