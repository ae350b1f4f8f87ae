using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Costs;

/// <summary>Multiply-accumulates that must be done: inside the image and with a weight other than zero.</summary>
public static class NonZeroMacs
{
    /// <summary>Those of operator <paramref name="index"/>; 0 for operators without weights.</summary>
    public static long Of(QuantizedNetwork network, int index)
    {
        if (network.Operators[index] is not QuantizedKernel op) return 0;
        Shape input = network.Graph.InputOf(index);
        return op.Operator.Layer switch
        {
            Dense => op.Kernel.NonZeroCount,
            Conv2D l => Sliding(op.Kernel, input, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding, input.Channels),
            DepthwiseConv2D l => Sliding(op.Kernel, input, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding, 1),
            _ => throw UnknownLayer.Of(op.Operator.Layer),
        };
    }

    /// <summary>Σ over kernel positions of the non-zero weights there times the outputs for which the position lies inside the image.</summary>
    private static long Sliding(IntegerKernel kernel, Shape input, int height, int width, int stride, Padding padding, int channels)
    {
        Window rows = Window.Of(input.Height, height, stride, padding), columns = Window.Of(input.Width, width, stride, padding);
        long sum = 0;
        for (int tap = 0; tap < kernel.Weights.Length; tap++)
        {
            if (kernel.Weights[tap] == 0) continue;
            int position = tap / channels % (height * width);
            sum += (long)Inside(rows, position / width) * Inside(columns, position % width);
        }

        return sum;
    }

    private static int Inside(Window window, int kernelPosition) =>
        Enumerable.Range(0, window.Output).Count(output => window.Start(output) + kernelPosition is var p && p >= 0 && p < window.Input);
}
