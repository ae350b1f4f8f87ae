using SparseNas.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Training;

/// <summary>All products x · w that a convolution sums, in the plainest order.</summary>
internal sealed record ConvolutionGeometry(Shape Input, Shape Output, Window Rows, Window Columns, bool Depthwise)
{
    public static ConvolutionGeometry Of(LayerSpec layer, Shape input, Shape output)
    {
        (int height, int width, int stride, Padding padding) = layer switch
        {
            Conv2D l => (l.KernelHeight, l.KernelWidth, l.Stride, l.Padding),
            DepthwiseConv2D l => (l.KernelHeight, l.KernelWidth, l.Stride, l.Padding),
            _ => throw UnknownLayer.Of(layer),
        };
        return new ConvolutionGeometry(
            input, output, Window.Of(input.Height, height, stride, padding), Window.Of(input.Width, width, stride, padding), layer is DepthwiseConv2D);
    }

    /// <summary>Calls back with the indices (x, w, y) of every product whose input lies inside the image.</summary>
    public void ForEachProduct(int images, Action<int, int, int> product)
    {
        int taps = Rows.Kernel * Columns.Kernel;
        for (int image = 0; image < images; image++)
        {
            for (int outputRow = 0; outputRow < Output.Height; outputRow++)
            {
                for (int outputColumn = 0; outputColumn < Output.Width; outputColumn++)
                {
                    for (int tap = 0; tap < taps; tap++)
                    {
                        int row = Rows.Start(outputRow) + (tap / Columns.Kernel), column = Columns.Start(outputColumn) + (tap % Columns.Kernel);
                        if (row < 0 || row >= Input.Height || column < 0 || column >= Input.Width) continue;
                        int x = (image * Input.Elements) + Input.Index(row, column, 0);
                        int y = (image * Output.Elements) + Output.Index(outputRow, outputColumn, 0);
                        for (int o = 0; o < Output.Channels; o++)
                        {
                            if (Depthwise) product(x + o, (o * taps) + tap, y + o);
                            else for (int i = 0; i < Input.Channels; i++) product(x + i, (((o * taps) + tap) * Input.Channels) + i, y + o);
                        }
                    }
                }
            }
        }
    }
}

/// <summary>The inputs of one pooled value.</summary>
internal static class PoolWindow
{
    /// <summary>Indices into [N,H,W,C] of the window behind flat output index <paramref name="index"/>, row by row.</summary>
    public static IEnumerable<int> Inputs(LayerSpec layer, Shape input, Shape output, int index)
    {
        (int height, int width, int rowStride, int columnStride) = layer switch
        {
            MaxPool l => (l.Height, l.Width, l.Stride, l.Stride),
            AvgPool l => (l.Height, l.Width, l.Stride, l.Stride),
            GlobalAveragePool => (input.Height, input.Width, 1, 1),
            Downsample l => (input.Height == 1 ? 1 : l.Factor, input.Width == 1 ? 1 : l.Factor, input.Height == 1 ? 1 : l.Factor, input.Width == 1 ? 1 : l.Factor),
            _ => throw UnknownLayer.Of(layer),
        };
        (int image, int within) = Math.DivRem(index, output.Elements);
        (int pixel, int channel) = Math.DivRem(within, output.Channels);
        (int outputRow, int outputColumn) = Math.DivRem(pixel, output.Width);
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                yield return (image * input.Elements) + input.Index((outputRow * rowStride) + row, (outputColumn * columnStride) + column, channel);
            }
        }
    }
}

/// <summary>Batch statistics of one batch norm.</summary>
internal sealed class NormState
{
    private readonly double[] mean;
    private readonly double[] inverse;
    private readonly int perChannel;

    private NormState(double[] mean, double[] inverse, int perChannel)
    {
        this.mean = mean;
        this.inverse = inverse;
        this.perChannel = perChannel;
    }

    public static NormState Measure(double[] x, int channels)
    {
        int perChannel = x.Length / channels;
        var mean = new double[channels];
        var variance = new double[channels];
        for (int i = 0; i < x.Length; i++) mean[i % channels] += x[i] / perChannel;
        for (int i = 0; i < x.Length; i++) variance[i % channels] += Math.Pow(x[i] - mean[i % channels], 2) / perChannel;
        return new NormState(mean, [.. variance.Select(v => 1 / Math.Sqrt(v + BatchNormWeights.Epsilon))], perChannel);
    }

    public double Normalised(double value, int channel) => (value - mean[channel]) * inverse[channel];

    /// <summary>dx += γ/√(σ²+ε) · (dy − mean(dy) − x̂·mean(dy·x̂)); dγ = Σ dy·x̂; dβ = Σ dy.</summary>
    public void Backward(double[] x, double[] dy, double[] dx, double[] gamma, double[] dGamma, double[] dBeta)
    {
        int channels = mean.Length;
        for (int i = 0; i < dy.Length; i++)
        {
            dGamma[i % channels] += dy[i] * Normalised(x[i], i % channels);
            dBeta[i % channels] += dy[i];
        }

        for (int i = 0; i < dy.Length; i++)
        {
            int c = i % channels;
            dx[i] += gamma[c] * inverse[c] * (dy[i] - ((dBeta[c] + (Normalised(x[i], c) * dGamma[c])) / perChannel));
        }
    }
}
