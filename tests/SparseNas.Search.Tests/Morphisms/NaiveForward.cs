using SparseNas.Networks;

namespace SparseNas.Search.Tests;

/// <summary>The function of a network in inference, by the formulas in <see cref="LayerSpec"/>, in double precision.</summary>
internal static class NaiveForward
{
    public static double[] Logits(Network network, double[] input)
    {
        Architecture architecture = network.Architecture;
        var outputs = new double[architecture.Nodes.Length][];
        for (int index = 0; index < outputs.Length; index++)
        {
            double[] In(int which) => architecture.Nodes[index].Inputs[which] is var source && source == Architecture.InputIndex ? input : outputs[source];
            outputs[index] = Layer(network, index, In(0), architecture.Nodes[index].Layer is Add or Concat ? In(1) : []);
        }

        return outputs[^1];
    }

    private static double[] Layer(Network network, int index, double[] x, double[] other)
    {
        Shape from = network.Architecture.InputOf(index), to = network.Architecture.OutputOf(index);
        switch (network.Architecture.Nodes[index].Layer)
        {
            case Conv2D l:
                return Convolve(network.Kernel(index), x, from, to, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding, isDepthwise: false);
            case DepthwiseConv2D l:
                return Convolve(network.Kernel(index), x, from, to, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding, isDepthwise: true);
            case Dense:
                KernelWeights dense = network.Kernel(index);
                return [.. Enumerable.Range(0, to.Channels).Select(o => dense.Biases[o] + x.Select((value, i) => value * dense.Weights[(o * x.Length) + i]).Sum())];
            case MaxPool l:
                return Pool(x, from, to, l.Height, l.Width, l.Stride, window => window.Max());
            case AvgPool l:
                return Pool(x, from, to, l.Height, l.Width, l.Stride, window => window.Average());
            case Downsample l:
                return Pool(x, from, to, from.Height == 1 ? 1 : l.Factor, from.Width == 1 ? 1 : l.Factor, l.Factor, window => window.Average());
            case GlobalAveragePool:
                return [.. Enumerable.Range(0, from.Channels).Select(c => x.Where((_, i) => i % from.Channels == c).Average())];
            case Add:
                return [.. x.Zip(other, (a, b) => a + b)];
            case Concat:
                return [.. x.Chunk(from.Channels).Zip(other.Chunk(to.Channels - from.Channels), (a, b) => a.Concat(b)).SelectMany(pixel => pixel)];
            case Gather l:
                return [.. l.Indices.Select(index => x[index])];
            case Relu:
                return [.. x.Select(value => Math.Max(value, 0))];
            case BatchNorm:
                var norm = (BatchNormWeights)network.Layers[index]!;
                return [.. x.Select((value, i) => Normalise(norm, value, i % from.Channels))];
            default:
                throw new InvalidOperationException(network.Architecture.Nodes[index].Name);
        }
    }

    private static double Normalise(BatchNormWeights norm, double value, int channel) =>
        (norm.Gamma[channel] * (value - norm.Mean[channel]) / Math.Sqrt(norm.Variance[channel] + (double)BatchNormWeights.Epsilon)) + norm.Beta[channel];

    private static double[] Convolve(
        KernelWeights kernel, double[] x, Shape from, Shape to, int height, int width, int stride, Padding padding, bool isDepthwise)
    {
        Window rows = Window.Of(from.Height, height, stride, padding), columns = Window.Of(from.Width, width, stride, padding);
        int inputs = isDepthwise ? 1 : from.Channels;
        var y = new double[to.Elements];
        for (int row = 0; row < to.Height; row++)
        {
            for (int column = 0; column < to.Width; column++)
            {
                for (int output = 0; output < to.Channels; output++)
                {
                    double sum = kernel.Biases.IsEmpty ? 0 : kernel.Biases[output];
                    for (int tap = 0; tap < height * width; tap++)
                    {
                        int r = rows.Start(row) + (tap / width), c = columns.Start(column) + (tap % width);
                        if (r < 0 || r >= from.Height || c < 0 || c >= from.Width) continue;
                        for (int i = 0; i < inputs; i++)
                        {
                            sum += x[from.Index(r, c, isDepthwise ? output : i)] * kernel.Weights[(((output * height * width) + tap) * inputs) + i];
                        }
                    }

                    y[to.Index(row, column, output)] = sum;
                }
            }
        }

        return y;
    }

    private static double[] Pool(double[] x, Shape from, Shape to, int height, int width, int stride, Func<IEnumerable<double>, double> reduce)
    {
        int down = from.Height == 1 ? 1 : stride, right = from.Width == 1 ? 1 : stride;
        var y = new double[to.Elements];
        for (int position = 0; position < y.Length; position++)
        {
            int channel = position % to.Channels, row = position / to.Channels / to.Width * down, column = position / to.Channels % to.Width * right;
            y[position] = reduce(Enumerable.Range(0, height * width).Select(tap => x[from.Index(row + (tap / width), column + (tap % width), channel)]));
        }

        return y;
    }

    /// <summary>A network with random weights and batch-norm statistics.</summary>
    public static Network Random(Architecture architecture, SeededRandom random)
    {
        System.Collections.Immutable.ImmutableArray<float> Draw(int count, double low, double high) =>
            [.. Enumerable.Range(0, count).Select(_ => (float)(low + ((high - low) * random.NextDouble())))];
        return new Network(architecture, [.. Enumerable.Range(0, architecture.Nodes.Length).Select(index =>
        {
            ParameterCount count = ParameterCount.Of(architecture, index);
            int channels = count.BatchNormChannels;
            return channels > 0 ? new BatchNormWeights(Draw(channels, 0.5, 1.5), Draw(channels, -0.5, 0.5), Draw(channels, -0.2, 0.2), Draw(channels, 0.5, 2))
                : count.Weights > 0 ? (LayerWeights)new KernelWeights(Draw(count.Weights, -0.5, 0.5), Draw(count.Biases, -0.2, 0.2), [])
                : null;
        })]);
    }
}
