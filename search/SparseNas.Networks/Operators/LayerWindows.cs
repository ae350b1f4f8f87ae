namespace SparseNas.Networks;

/// <summary>How the window of each layer runs over its input.</summary>
public static class LayerWindows
{
    /// <summary>
    /// Rows and columns under one output pixel of <paramref name="layer"/>; a layer that reads everything at once is a window as large as its input.
    /// </summary>
    public static (Window Rows, Window Columns) Of(LayerSpec layer, Shape input) => layer switch
    {
        Conv2D l => Slide(input, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding),
        DepthwiseConv2D l => Slide(input, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding),
        MaxPool l => Slide(input, l.Height, l.Width, l.Stride, Padding.Valid),
        AvgPool l => Slide(input, l.Height, l.Width, l.Stride, Padding.Valid),
        Dense or GlobalAveragePool or Gather => (Whole(input.Height), Whole(input.Width)),
        Downsample l => (Blocks(input.Height, l.Factor), Blocks(input.Width, l.Factor)),
        Add or Concat or Greyscale or Relu => (new Window(input.Height, 1, 1, 0, input.Height), new Window(input.Width, 1, 1, 0, input.Width)),
        _ => throw UnknownLayer.Of(layer),
    };

    /// <summary>The window over <paramref name="kernel"/>'s input that all values under one window of <paramref name="pool"/> need.</summary>
    public static Window Joined(Window kernel, Window pool) =>
        new(kernel.Input, ((pool.Kernel - 1) * kernel.Stride) + kernel.Kernel, pool.Stride * kernel.Stride, kernel.Before, pool.Output);

    private static (Window Rows, Window Columns) Slide(Shape input, int height, int width, int stride, Padding padding) =>
        (Window.Of(input.Height, height, stride, padding), Window.Of(input.Width, width, stride, padding));

    private static Window Whole(int extent) => new(extent, extent, extent, 0, 1);

    private static Window Blocks(int extent, int factor) =>
        extent == 1 ? new Window(1, 1, 1, 0, 1) : new Window(extent, factor, factor, 0, extent / factor);
}
