namespace SparseNas.Networks;

/// <summary>How many numbers a layer learns.</summary>
/// <param name="Weights">Kernel or matrix entries.</param>
/// <param name="Biases">Biases.</param>
/// <param name="BatchNormChannels">Channels of a batch norm (two learned and two measured numbers each), else 0.</param>
public readonly record struct ParameterCount(int Weights, int Biases, int BatchNormChannels)
{
    /// <summary>The counts of node <paramref name="index"/>.</summary>
    public static ParameterCount Of(Architecture architecture, int index)
    {
        Node node = architecture.Nodes[index];
        Shape input = architecture.InputOf(index);
        return node.Layer switch
        {
            Conv2D l => new(l.OutputChannels * l.KernelHeight * l.KernelWidth * input.Channels, l.HasBias ? l.OutputChannels : 0, 0),
            DepthwiseConv2D l => new(input.Channels * l.KernelHeight * l.KernelWidth, l.HasBias ? input.Channels : 0, 0),
            Dense l => new(l.OutputFeatures * input.Elements, l.OutputFeatures, 0),
            BatchNorm => new(0, 0, input.Channels),
            MaxPool or AvgPool or GlobalAveragePool or Add or Concat or Gather or Downsample or Greyscale or Relu => default,
            _ => throw UnknownLayer.Of(node.Layer),
        };
    }
}
