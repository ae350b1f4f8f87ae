using SparseNas.Networks;

namespace SparseNas.Testing;

/// <summary>The four networks that speed, memory and gradients are measured on.</summary>
public static class ReferenceNets
{
    /// <summary>One convolution, max pooling and a dense layer: what courses start with.</summary>
    public static Architecture A { get; } = Architecture.Chain(
        "A", new Shape(28, 28, 1), 10, new Conv2D(8, 3, 3, HasBias: false), new MaxPool(2, 2, 2), new Dense(10));

    /// <summary>Two convolutions and two dense layers, most of it in one convolution of 5x5.</summary>
    public static Architecture B { get; } = Architecture.Chain(
        "B", new Shape(28, 28, 1), 10, new Conv2D(20, 3, 3), new Relu(), new AvgPool(2, 2, 2), new Conv2D(50, 5, 5), new Relu(), new AvgPool(2, 2, 2),
        new Dense(128), new Relu(), new Dense(10));

    /// <summary>Depthwise separable convolutions with batch norm.</summary>
    public static Architecture C { get; } = Architecture.Chain(
        "C", new Shape(28, 28, 1), 10, Same(16, 3, 2), new BatchNorm(), new Relu(),
        Depthwise(1), Same(24, 1, 1), new BatchNorm(), new Relu(), Depthwise(2), Same(32, 1, 1), new BatchNorm(), new Relu(),
        Depthwise(1), Same(48, 1, 1), new BatchNorm(), new Relu(), new GlobalAveragePool(), new Dense(10));

    /// <summary>Full convolutions with batch norm on coloured images.</summary>
    public static Architecture D { get; } = Architecture.Chain(
        "D", new Shape(32, 32, 3), 10, Same(16, 3, 1), new BatchNorm(), new Relu(), Same(32, 3, 2), new BatchNorm(), new Relu(),
        Same(64, 3, 2), new BatchNorm(), new Relu(), new GlobalAveragePool(), new Dense(10));

    /// <summary>All four by name.</summary>
    public static (string Name, Architecture Architecture)[] All => [("A", A), ("B", B), ("C", C), ("D", D)];

    /// <summary>One of the four.</summary>
    public static Architecture Of(string name) => All.Single(net => net.Name == name).Architecture;

    private static Conv2D Same(int channels, int kernel, int stride) => new(channels, kernel, kernel, stride, Padding.Same, HasBias: false);

    private static DepthwiseConv2D Depthwise(int stride) => new(3, 3, stride, Padding.Same, HasBias: false);
}
