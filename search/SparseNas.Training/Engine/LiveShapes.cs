using SparseNas.Networks;

namespace SparseNas.Training.Engine;

/// <summary>
/// How much of every output is read at all: a pooling layer that floors, or a strided window, leaves the last rows and columns of its input
/// unread, and then they need not be computed.
/// </summary>
internal static class LiveShapes
{
    /// <summary>Per node its output shape without unread rows and columns. Only convolutions and pools are cut; anything else computes all.</summary>
    public static Shape[] Of(Architecture architecture)
    {
        var shapes = new Shape[architecture.Nodes.Length];
        for (int node = shapes.Length - 1; node >= 0; node--)
        {
            Shape full = architecture.OutputOf(node);
            int[] readers = [.. architecture.ReadersOf(node)];
            shapes[node] = readers.Length == 0 || !CanBeCut(architecture, node) ? full : full with
            {
                Height = readers.Max(reader => Read(architecture.Nodes[reader].Layer, full.Height, shapes[reader].Height, rows: true)),
                Width = readers.Max(reader => Read(architecture.Nodes[reader].Layer, full.Width, shapes[reader].Width, rows: false)),
            };
        }

        return shapes;
    }

    /// <summary>A ReLU is cut with the layer it is fused into; a batch norm measures all of its input.</summary>
    private static bool CanBeCut(Architecture architecture, int node) => architecture.Nodes[node].Layer switch
    {
        Conv2D or DepthwiseConv2D or MaxPool or AvgPool => true,
        Relu => architecture.Nodes[node].Inputs[0] is int producer and not Architecture.InputIndex
            && architecture.ReadersOf(producer).Count() == 1 && CanBeCut(architecture, producer),
        _ => false,
    };

    private static int Read(LayerSpec layer, int full, int output, bool rows) => layer switch
    {
        Conv2D l => End(Window.Of(full, rows ? l.KernelHeight : l.KernelWidth, l.Stride, l.Padding), full, output),
        DepthwiseConv2D l => End(Window.Of(full, rows ? l.KernelHeight : l.KernelWidth, l.Stride, l.Padding), full, output),
        MaxPool l => ((output - 1) * l.Stride) + (rows ? l.Height : l.Width),
        AvgPool l => ((output - 1) * l.Stride) + (rows ? l.Height : l.Width),
        Relu => output,
        _ => full,
    };

    private static int End(Window window, int full, int output) => Math.Min(full, window.Start(output - 1) + window.Kernel);
}
