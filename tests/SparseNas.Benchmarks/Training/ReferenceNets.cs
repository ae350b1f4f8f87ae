using SparseNas.Networks;

namespace SparseNas.Benchmarks.Training;

/// <summary>The four networks that training speed is measured on.</summary>
internal static class ReferenceNets
{
    public static (string Name, Architecture Architecture)[] All { get; } =
    [
        ("A", Architecture.Chain("A", new Shape(28, 28, 1), 10, new Conv2D(8, 3, 3, HasBias: false), new MaxPool(2, 2, 2), new Dense(10))),
        ("B", Architecture.Chain(
            "B", new Shape(28, 28, 1), 10, new Conv2D(20, 3, 3), new Relu(), new AvgPool(2, 2, 2), new Conv2D(50, 5, 5), new Relu(),
            new AvgPool(2, 2, 2), new Dense(128), new Relu(), new Dense(10))),
        ("C", Architecture.Chain(
            "C", new Shape(28, 28, 1), 10, Same(16, 3, 2), new BatchNorm(), new Relu(),
            Depthwise(1), Same(24, 1, 1), new BatchNorm(), new Relu(), Depthwise(2), Same(32, 1, 1), new BatchNorm(), new Relu(),
            Depthwise(1), Same(48, 1, 1), new BatchNorm(), new Relu(), new GlobalAveragePool(), new Dense(10))),
        ("D", Architecture.Chain(
            "D", new Shape(32, 32, 3), 10, Same(16, 3, 1), new BatchNorm(), new Relu(), Same(32, 3, 2), new BatchNorm(), new Relu(),
            Same(64, 3, 2), new BatchNorm(), new Relu(), new GlobalAveragePool(), new Dense(10))),
    ];

    private static Conv2D Same(int channels, int kernel, int stride) => new(channels, kernel, kernel, stride, Padding.Same, HasBias: false);

    private static DepthwiseConv2D Depthwise(int stride) => new(3, 3, stride, Padding.Same, HasBias: false);
}
