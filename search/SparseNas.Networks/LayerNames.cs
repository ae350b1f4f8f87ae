namespace SparseNas.Networks;

/// <summary>The short names of layer kinds, used for nodes, files and reports.</summary>
public static class LayerNames
{
    /// <summary>Lower-case kind of <paramref name="layer"/>: conv, depthwise, dense, …</summary>
    public static string Of(LayerSpec layer) => layer switch
    {
        Conv2D => "conv",
        DepthwiseConv2D => "depthwise",
        Dense => "dense",
        MaxPool => "maxpool",
        AvgPool => "avgpool",
        GlobalAveragePool => "gap",
        Add => "add",
        Concat => "concat",
        Gather => "gather",
        Downsample => "downsample",
        Greyscale => "greyscale",
        Relu => "relu",
        BatchNorm => "batchnorm",
        _ => throw UnknownLayer.Of(layer),
    };

    /// <summary>Kind with its parameters, for people: <c>conv3x3x8 stride 2 same</c>.</summary>
    public static string Describe(LayerSpec layer) => layer switch
    {
        Conv2D l => $"conv{l.KernelHeight}x{l.KernelWidth}x{l.OutputChannels}{Window(l.Stride, l.Padding)}",
        DepthwiseConv2D l => $"depthwise{l.KernelHeight}x{l.KernelWidth}{Window(l.Stride, l.Padding)}",
        Dense l => $"dense{l.OutputFeatures}",
        MaxPool l => $"maxpool{l.Height}x{l.Width}/{l.Stride}",
        AvgPool l => $"avgpool{l.Height}x{l.Width}/{l.Stride}",
        Gather l => $"gather{l.Indices.Length}",
        Downsample l => $"downsample{l.Factor}",
        GlobalAveragePool or Add or Concat or Greyscale or Relu or BatchNorm => Of(layer),
        _ => throw UnknownLayer.Of(layer),
    };

    private static string Window(int stride, Padding padding) =>
        (stride == 1 ? "" : $" stride {stride}") + (padding == Padding.Same ? " same" : "");
}

/// <summary>The end of a switch over the closed set: reached only when a new layer was not taught to a stage.</summary>
public static class UnknownLayer
{
    /// <summary>An exception that names the layer that the stage does not know.</summary>
    public static Exception Of(LayerSpec layer) =>
        new InvalidOperationException($"Layer '{layer.GetType().Name}' is not handled here; the set of layers is closed in LayerSpec.");
}
