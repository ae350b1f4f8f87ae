using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Testing;

/// <summary>
/// The obvious inference in double precision, loops straight from the definitions of the layers: the oracle for everything faster.
/// One sample, NHWC.
/// </summary>
public static class NaiveForward
{
    /// <summary>The output of every node of <paramref name="network"/>.</summary>
    public static double[][] Run(Network network, double[] input)
    {
        Architecture net = network.Architecture;
        var outputs = new double[net.Nodes.Length][];
        for (int index = 0; index < outputs.Length; index++)
        {
            double[][] sources = Sources(net.Nodes[index].Inputs, input, outputs);
            outputs[index] = Layer(net.Nodes[index].Layer, net.InputOf(index), net.OutputOf(index), sources, network.Layers[index]);
        }

        return outputs;
    }

    /// <summary>The output of every operator of <paramref name="network"/>.</summary>
    public static double[][] Run(FoldedNetwork network, double[] input)
    {
        OperatorGraph graph = network.Graph;
        var outputs = new double[graph.Operators.Length][];
        for (int index = 0; index < outputs.Length; index++)
        {
            Operator op = graph.Operators[index];
            double[][] sources = Sources(op.Inputs, input, outputs);
            double[] result = Layer(op.Layer, graph.InputOf(index), op.Output, sources, network.Kernels[index]);
            outputs[index] = op.HasRelu ? [.. result.Select(value => Math.Max(value, 0))] : result;
        }

        return outputs;
    }

    private static double[][] Sources(ImmutableArray<int> inputs, double[] input, double[][] outputs) =>
        [.. inputs.Select(source => source == Architecture.InputIndex ? input : outputs[source])];

    private static double[] Layer(LayerSpec layer, Shape from, Shape to, double[][] x, LayerWeights? weights) => layer switch
    {
        Conv2D l => Convolve(x[0], from, to, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding, (KernelWeights)weights!),
        DepthwiseConv2D l => Depthwise(x[0], from, to, l, (KernelWeights)weights!),
        SparseNas.Networks.Dense => Matrix(x[0], to, (KernelWeights)weights!),
        MaxPool l => Pool(x[0], from, to, l.Height, l.Width, Window.Of(from.Height, l.Height, l.Stride, Padding.Valid).Stride,
            Window.Of(from.Width, l.Width, l.Stride, Padding.Valid).Stride, values => values.Max()),
        AvgPool l => Pool(x[0], from, to, l.Height, l.Width, Window.Of(from.Height, l.Height, l.Stride, Padding.Valid).Stride,
            Window.Of(from.Width, l.Width, l.Stride, Padding.Valid).Stride, values => values.Average()),
        GlobalAveragePool => Pool(x[0], from, to, from.Height, from.Width, 1, 1, values => values.Average()),
        Downsample l => Pool(x[0], from, to, from.Height == 1 ? 1 : l.Factor, from.Width == 1 ? 1 : l.Factor,
            from.Height == 1 ? 1 : l.Factor, from.Width == 1 ? 1 : l.Factor, values => values.Average()),
        Add => [.. x[0].Zip(x[1], (a, b) => a + b)],
        Concat => [.. x[0].Chunk(from.Channels).Zip(x[1].Chunk(to.Channels - from.Channels), (a, b) => a.Concat(b)).SelectMany(pixel => pixel)],
        Gather l => [.. l.Indices.Select(index => x[0][index])],
        Greyscale => [.. Enumerable.Range(0, to.Elements)
            .Select(pixel => ((77 * x[0][3 * pixel]) + (150 * x[0][(3 * pixel) + 1]) + (29 * x[0][(3 * pixel) + 2])) / 256)],
        Relu => [.. x[0].Select(value => Math.Max(value, 0))],
        BatchNorm => Normalise(x[0], to, (BatchNormWeights)weights!),
        _ => throw UnknownLayer.Of(layer),
    };

    private static double[] Convolve(
        double[] x, Shape from, Shape to, int kernelHeight, int kernelWidth, int stride, Padding padding, KernelWeights kernel)
    {
        Window rows = Window.Of(from.Height, kernelHeight, stride, padding), columns = Window.Of(from.Width, kernelWidth, stride, padding);
        var y = new double[to.Elements];
        for (int row = 0; row < to.Height; row++)
        {
            for (int column = 0; column < to.Width; column++)
            {
                for (int channel = 0; channel < to.Channels; channel++)
                {
                    double sum = kernel.Biases.IsEmpty ? 0 : kernel.Biases[channel];
                    for (int kernelRow = 0; kernelRow < kernelHeight; kernelRow++)
                    {
                        for (int kernelColumn = 0; kernelColumn < kernelWidth; kernelColumn++)
                        {
                            int inputRow = rows.Start(row) + kernelRow, inputColumn = columns.Start(column) + kernelColumn;
                            if (inputRow < 0 || inputRow >= from.Height || inputColumn < 0 || inputColumn >= from.Width) continue;
                            int weight = ((((channel * kernelHeight) + kernelRow) * kernelWidth) + kernelColumn) * from.Channels;
                            for (int source = 0; source < from.Channels; source++)
                            {
                                sum += kernel.Weights[weight + source] * x[from.Index(inputRow, inputColumn, source)];
                            }
                        }
                    }

                    y[to.Index(row, column, channel)] = sum;
                }
            }
        }

        return y;
    }

    private static double[] Depthwise(double[] x, Shape from, Shape to, DepthwiseConv2D layer, KernelWeights kernel)
    {
        var y = new double[to.Elements];
        int taps = layer.KernelHeight * layer.KernelWidth;
        var plane = new Shape(from.Height, from.Width, 1);
        for (int channel = 0; channel < to.Channels; channel++)
        {
            double[] values = [.. Enumerable.Range(0, plane.Elements).Select(pixel => x[(pixel * from.Channels) + channel])];
            var one = new KernelWeights([.. kernel.Weights.Skip(channel * taps).Take(taps)],
                kernel.Biases.IsEmpty ? [] : [kernel.Biases[channel]], []);
            double[] result = Convolve(
                values, plane, to with { Channels = 1 }, layer.KernelHeight, layer.KernelWidth, layer.Stride, layer.Padding, one);
            for (int pixel = 0; pixel < result.Length; pixel++) y[(pixel * to.Channels) + channel] = result[pixel];
        }

        return y;
    }

    private static double[] Matrix(double[] x, Shape to, KernelWeights kernel)
    {
        var y = new double[to.Channels];
        for (int feature = 0; feature < y.Length; feature++)
        {
            y[feature] = kernel.Biases[feature];
            for (int source = 0; source < x.Length; source++) y[feature] += kernel.Weights[(feature * x.Length) + source] * x[source];
        }

        return y;
    }

    private static double[] Pool(
        double[] x, Shape from, Shape to, int height, int width, int rowStride, int columnStride, Func<List<double>, double> reduce)
    {
        var y = new double[to.Elements];
        for (int row = 0; row < to.Height; row++)
        {
            for (int column = 0; column < to.Width; column++)
            {
                for (int channel = 0; channel < to.Channels; channel++)
                {
                    List<double> values = [];
                    for (int i = 0; i < height; i++)
                    {
                        for (int j = 0; j < width; j++)
                        {
                            values.Add(x[from.Index((row * rowStride) + i, (column * columnStride) + j, channel)]);
                        }
                    }

                    y[to.Index(row, column, channel)] = reduce(values);
                }
            }
        }

        return y;
    }

    private static double[] Normalise(double[] x, Shape shape, BatchNormWeights norm)
    {
        var y = new double[x.Length];
        for (int index = 0; index < x.Length; index++)
        {
            int channel = index % shape.Channels;
            y[index] = (norm.Gamma[channel] * (x[index] - norm.Mean[channel]) / Math.Sqrt(norm.Variance[channel] + BatchNormWeights.Epsilon))
                + norm.Beta[channel];
        }

        return y;
    }
}
