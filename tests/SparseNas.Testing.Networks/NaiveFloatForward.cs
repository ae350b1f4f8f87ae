using SparseNas.Networks;
using SparseNas.Quantization.Execution;

namespace SparseNas.Testing.Networks;

/// <summary>
/// A folded network in floating point by the plainest loops, in double precision inside: an oracle for fast inference and calibration.
/// </summary>
public static class NaiveFloatForward
{
    /// <summary>Every operator's output for one image, NHWC.</summary>
    public static float[][] Run(FoldedNetwork network, ReadOnlySpan<byte> image, InputEncoding encoding)
    {
        var input = new float[image.Length];
        for (int index = 0; index < input.Length; index++) input[index] = encoding.ToReal(image[index]);
        OperatorGraph graph = network.Graph;
        var outputs = new float[graph.Operators.Length][];
        float[] Tensor(int index) => index == Architecture.InputIndex ? input : outputs[index];
        for (int index = 0; index < outputs.Length; index++)
        {
            Operator op = graph.Operators[index];
            float[] first = Tensor(op.Inputs[0]), second = Tensor(op.Inputs[^1]);
            Shape shape = graph.InputOf(index);
            KernelWeights? kernel = network.Kernels[index];
            float[] output = op.Layer switch
            {
                Conv2D l => Slide(op, shape, first, kernel!, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding, depthwise: false),
                DepthwiseConv2D l => Slide(op, shape, first, kernel!, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding, depthwise: true),
                Dense => FullyConnected(op, first, kernel!),
                MaxPool => Pool(op, shape, first, values => values.Max()),
                AvgPool or Downsample or GlobalAveragePool => Pool(op, shape, first, values => values.Average()),
                Add => [.. first.Zip(second, (a, b) => a + b)],
                Concat => [.. first.Chunk(shape.Channels).Zip(second.Chunk(op.Output.Channels - shape.Channels), (a, b) => a.Concat(b)).SelectMany(pixel => pixel)],
                Gather l => [.. l.Indices.Select(index => first[index])],
                Greyscale => [.. first.Chunk(3).Select(c => ((77 * c[0]) + (150 * c[1]) + (29 * c[2])) / 256)],
                Relu => [.. first.Select(x => Math.Max(x, 0))],
                _ => throw UnknownLayer.Of(op.Layer),
            };
            outputs[index] = op.HasRelu ? [.. output.Select(x => Math.Max(x, 0))] : output;
        }

        return outputs;
    }

    private static float[] Slide(
        Operator op, Shape shape, float[] input, KernelWeights kernel, int height, int width, int stride, Padding padding, bool depthwise)
    {
        Window rows = Window.Of(shape.Height, height, stride, padding), columns = Window.Of(shape.Width, width, stride, padding);
        var output = new float[op.Output.Elements];
        int inner = depthwise ? 1 : shape.Channels;
        for (int outputRow = 0; outputRow < op.Output.Height; outputRow++)
        for (int outputColumn = 0; outputColumn < op.Output.Width; outputColumn++)
        for (int outputChannel = 0; outputChannel < op.Output.Channels; outputChannel++)
        {
            double sum = kernel.Biases[outputChannel];
            for (int kernelRow = 0; kernelRow < height; kernelRow++)
            for (int kernelColumn = 0; kernelColumn < width; kernelColumn++)
            {
                int row = rows.Start(outputRow) + kernelRow, column = columns.Start(outputColumn) + kernelColumn;
                if (row < 0 || row >= shape.Height || column < 0 || column >= shape.Width) continue;
                for (int channel = 0; channel < inner; channel++)
                {
                    int tap = ((((outputChannel * height) + kernelRow) * width) + kernelColumn) * inner + channel;
                    sum += (double)kernel.Weights[tap] * input[shape.Index(row, column, depthwise ? outputChannel : channel)];
                }
            }

            output[op.Output.Index(outputRow, outputColumn, outputChannel)] = (float)sum;
        }

        return output;
    }

    private static float[] FullyConnected(Operator op, float[] input, KernelWeights kernel) =>
        [.. Enumerable.Range(0, op.Output.Channels).Select(feature =>
            (float)(kernel.Biases[feature] + input.Select((x, index) => (double)x * kernel.Weights[(feature * input.Length) + index])
                .Sum()))];

    private static float[] Pool(Operator op, Shape shape, float[] input, Func<IEnumerable<double>, double> reduce)
    {
        PoolWindow window = PoolWindow.Of(op.Layer, shape);
        var output = new float[op.Output.Elements];
        for (int outputRow = 0; outputRow < op.Output.Height; outputRow++)
        for (int outputColumn = 0; outputColumn < op.Output.Width; outputColumn++)
        for (int channel = 0; channel < op.Output.Channels; channel++)
        {
            int firstRow = outputRow * window.RowStride, firstColumn = outputColumn * window.ColumnStride, c = channel;
            IEnumerable<double> values =
                from row in Enumerable.Range(firstRow, window.Height)
                from column in Enumerable.Range(firstColumn, window.Width)
                select (double)input[shape.Index(row, column, c)];
            output[op.Output.Index(outputRow, outputColumn, channel)] = (float)reduce(values);
        }

        return output;
    }
}
