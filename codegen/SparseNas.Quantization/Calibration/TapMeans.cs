using SparseNas.Networks;

namespace SparseNas.Quantization.Calibration;

/// <summary>
/// What each weight of a layer multiplies on average: the mean, over samples and output pixels, of the input under each tap, padding counted
/// as 0. A rounded weight shifts its channel's mean output by (rounded − exact) · tap mean; the bias can take that back (Nagel et al. 2019,
/// "Data-Free Quantization Through Weight Equalization and Bias Correction").
/// </summary>
internal static class TapMeans
{
    /// <summary>One mean per weight of a single output channel (depthwise: per weight of all channels).</summary>
    /// <param name="op">Convolution, depthwise convolution or dense layer.</param>
    /// <param name="shape">Shape of its input.</param>
    /// <param name="means">Mean of each input element, NHWC.</param>
    /// <returns>Convolution [kH,kW,I], depthwise [C,kH,kW], dense [I].</returns>
    public static float[] Of(Operator op, Shape shape, float[] means) => op.Layer switch
    {
        Conv2D l => Windows(op, shape, means, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding),
        DepthwiseConv2D l => ByChannel(Windows(op, shape, means, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding), shape.Channels),
        Dense => means,
        _ => throw UnknownLayer.Of(op.Layer),
    };

    /// <summary>[kH,kW,C].</summary>
    private static float[] Windows(Operator op, Shape shape, float[] means, int height, int width, int stride, Padding padding)
    {
        Window rows = Window.Of(shape.Height, height, stride, padding), columns = Window.Of(shape.Width, width, stride, padding);
        var taps = new float[height * width * shape.Channels];
        for (int tap = 0; tap < taps.Length; tap++)
        {
            int channel = tap % shape.Channels, kernelColumn = tap / shape.Channels % width, kernelRow = tap / shape.Channels / width;
            double sum = 0;
            for (int outputRow = 0; outputRow < op.Output.Height; outputRow++)
            for (int outputColumn = 0; outputColumn < op.Output.Width; outputColumn++)
            {
                int row = rows.Start(outputRow) + kernelRow, column = columns.Start(outputColumn) + kernelColumn;
                if (row < 0 || row >= shape.Height || column < 0 || column >= shape.Width) continue;
                sum += means[shape.Index(row, column, channel)];
            }

            taps[tap] = (float)(sum / (op.Output.Height * op.Output.Width));
        }

        return taps;
    }

    /// <summary>[kH,kW,C] to [C,kH,kW].</summary>
    private static float[] ByChannel(float[] taps, int channels)
    {
        int perChannel = taps.Length / channels;
        return [.. Enumerable.Range(0, taps.Length).Select(index => taps[(index % perChannel * channels) + (index / perChannel)])];
    }
}
