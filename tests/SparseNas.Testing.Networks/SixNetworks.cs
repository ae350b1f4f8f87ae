using SparseNas.Networks;

namespace SparseNas.Testing.Networks;

/// <summary>The networks by which code generation is judged: small ones that people deploy, of every character.</summary>
public static class SixNetworks
{
    private static readonly Shape Digit = new(28, 28, 1);

    /// <summary>All six.</summary>
    public static IReadOnlyList<Architecture> All { get; } =
    [
        Architecture.Chain("netA", Digit, 10, new Conv2D(8, 3, 3, HasBias: false), new MaxPool(2, 2, 2), new Dense(10)),
        NetC(),
        Architecture.Chain(
            "cnn480", Digit, 10, new AvgPool(2, 2, 2), new Conv2D(4, 3, 3), new Relu(), new MaxPool(2, 2, 2), new Conv2D(6, 3, 3, 2), new Relu(),
            new GlobalAveragePool(), new Dense(10)),
        Architecture.Chain(
            "cnn3000", Digit, 10, new AvgPool(2, 2, 2), new Conv2D(5, 3, 3), new Relu(), new Conv2D(8, 3, 3), new Relu(), new Conv2D(11, 3, 3),
            new Relu(), new MaxPool(2, 2, 2), new Dense(10)),
        Architecture.Chain("denseHeavy", Digit, 10, new AvgPool(4, 4, 4), new Dense(48), new Relu(), new Dense(24), new Relu(), new Dense(10)),
        Architecture.Chain(
            "depthwise", Digit, 10, new Conv2D(6, 3, 3, 2), new Relu(), new DepthwiseConv2D(3, 3), new Relu(), new Conv2D(12, 1, 1), new Relu(),
            new DepthwiseConv2D(3, 3, 2), new Relu(), new Conv2D(16, 1, 1), new Relu(), new GlobalAveragePool(), new Dense(10)),
    ];

    private static Architecture NetC() => Architecture.Chain(
        "netC", Digit, 10,
        new Conv2D(16, 3, 3, 2, Padding.Same, false), new BatchNorm(), new Relu(),
        new DepthwiseConv2D(3, 3, 1, Padding.Same, false), new Conv2D(24, 1, 1, HasBias: false), new BatchNorm(), new Relu(),
        new DepthwiseConv2D(3, 3, 2, Padding.Same, false), new Conv2D(32, 1, 1, HasBias: false), new BatchNorm(), new Relu(),
        new DepthwiseConv2D(3, 3, 1, Padding.Same, false), new Conv2D(48, 1, 1, HasBias: false), new BatchNorm(), new Relu(),
        new GlobalAveragePool(), new Dense(10));
}
