using SparseNas.Networks;

namespace SparseNas.Quantization.Execution;

/// <summary>The window of a layer that pools (maximum or mean): it lies inside its input, without padding.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="RowStride">Step between windows, in rows.</param>
/// <param name="ColumnStride">Step between windows, in columns.</param>
public readonly record struct PoolWindow(int Height, int Width, int RowStride, int ColumnStride)
{
    /// <summary>Values under the window.</summary>
    public int Elements => Height * Width;

    /// <summary>
    /// The window of <paramref name="layer"/> over an input of <paramref name="shape"/>; a dimension of extent 1 has step 1.
    /// </summary>
    /// <exception cref="InvalidOperationException">The layer does not pool.</exception>
    public static PoolWindow Of(LayerSpec layer, Shape shape) => layer switch
    {
        MaxPool l => Sliding(l.Height, l.Width, l.Stride, shape),
        AvgPool l => Sliding(l.Height, l.Width, l.Stride, shape),
        GlobalAveragePool => new PoolWindow(shape.Height, shape.Width, shape.Height, shape.Width),
        Downsample l => Blocks(shape.Height == 1 ? 1 : l.Factor, shape.Width == 1 ? 1 : l.Factor),
        _ => throw UnknownLayer.Of(layer),
    };

    private static PoolWindow Sliding(int height, int width, int stride, Shape shape) => new(
        height, width,
        Window.Of(shape.Height, height, stride, Padding.Valid).Stride,
        Window.Of(shape.Width, width, stride, Padding.Valid).Stride);

    private static PoolWindow Blocks(int height, int width) => new(height, width, height, width);
}
