using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>
/// Where a kernel node keeps the weights of one output channel and of one input channel. The innermost index of Conv2D and Dense runs over
/// input channels, pixel by pixel, so input channel c owns every weight whose index is c modulo the number of input channels.
/// </summary>
/// <param name="OutputChannels">Rows.</param>
/// <param name="RowLength">Weights of one output channel.</param>
/// <param name="InputChannels">Channels of the input.</param>
/// <param name="IsDepthwise">Each row reads its own channel only.</param>
internal readonly record struct KernelLayout(int OutputChannels, int RowLength, int InputChannels, bool IsDepthwise)
{
    /// <summary>The layout of node <paramref name="node"/>, or null when it has no kernel.</summary>
    public static KernelLayout? Of(Architecture architecture, int node)
    {
        int weights = ParameterCount.Of(architecture, node).Weights;
        int outputs = architecture.OutputOf(node).Channels;
        return weights == 0 ? null
            : new KernelLayout(outputs, weights / outputs, architecture.InputOf(node).Channels, architecture.Nodes[node].Layer is DepthwiseConv2D);
    }

    /// <summary>The weights of output channel <paramref name="channel"/>.</summary>
    public Span<T> Row<T>(T[] values, int channel) => values.AsSpan(channel * RowLength, RowLength);

    /// <summary>The weights of output channel <paramref name="channel"/>.</summary>
    public ReadOnlySpan<T> Row<T>(ReadOnlySpan<T> values, int channel) => values.Slice(channel * RowLength, RowLength);
}
