using SparseNas.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Training;

/// <summary>
/// The naive twin of the training engine: every layer as plain loops in double precision over whole batches, forward and backward. It
/// documents the mathematics and is what the engine is tested against. Layouts: activations [N,H,W,C], weights OHWI.
/// </summary>
/// <example><code>
/// var twin = new ReferenceNetwork(network);
/// double loss = twin.Step(images, labels);               // images: real numbers, NHWC one after another
/// double[] gradient = twin.WeightGradients[node];        // OHWI
/// </code></example>
public sealed class ReferenceNetwork
{
    private readonly Architecture architecture;
    private readonly double[][] weights;
    private readonly double[][] biases;
    private readonly double[][] values;
    private readonly double[][] gradients;
    private readonly NormState?[] norms;
    private int count;

    /// <summary>Copies the weights of a network; batch norms use batch statistics.</summary>
    public ReferenceNetwork(Network network)
    {
        architecture = network.Architecture;
        int nodes = architecture.Nodes.Length;
        weights = new double[nodes][];
        biases = new double[nodes][];
        values = new double[nodes + 1][];
        gradients = new double[nodes + 1][];
        norms = new NormState?[nodes];
        for (int node = 0; node < nodes; node++)
        {
            (weights[node], biases[node]) = network.Layers[node] switch
            {
                KernelWeights kernel => (ToDoubles(kernel.Weights.AsSpan()), ToDoubles(kernel.Biases.AsSpan())),
                BatchNormWeights norm => (ToDoubles(norm.Gamma.AsSpan()), ToDoubles(norm.Beta.AsSpan())),
                _ => ([], []),
            };
        }

        WeightGradients = [.. weights.Select(w => new double[w.Length])];
        BiasGradients = [.. biases.Select(b => new double[b.Length])];
    }

    /// <summary>Weights per node (gammas of a batch norm), changeable: finite differences are taken on them.</summary>
    public IReadOnlyList<double[]> Weights => weights;

    /// <summary>Biases per node (betas of a batch norm).</summary>
    public IReadOnlyList<double[]> Biases => biases;

    /// <summary>Gradients of <see cref="Weights"/> after <see cref="Step"/>.</summary>
    public double[][] WeightGradients { get; }

    /// <summary>Gradients of <see cref="Biases"/> after <see cref="Step"/>.</summary>
    public double[][] BiasGradients { get; }

    /// <summary>
    /// The values that another computation, in lower precision, found: (node or −1 for the input, index in [N,H,W,C]) to value, or null where it is
    /// not known. Where given, ReLUs and max pools decide by them, so that a value near zero or near a tie does not look like an error.
    /// </summary>
    public Func<int, int, double?>? Decider { get; set; }

    /// <summary>Random weights, or null: then all weights are what they are.</summary>
    public ReferenceNoise? Noise { get; set; }

    /// <summary>Output of a node after <see cref="Forward"/>, [N,H,W,C].</summary>
    public ReadOnlySpan<double> Output(int node) => values[node + 1];

    /// <summary>Forward over a batch.</summary>
    /// <param name="images">[N,H,W,C], real numbers.</param>
    /// <returns>Logits [N, classes].</returns>
    public double[] Forward(double[] images)
    {
        count = images.Length / architecture.Input.Elements;
        values[0] = images;
        for (int node = 0; node < architecture.Nodes.Length; node++) values[node + 1] = ForwardNode(node);
        return values[^1];
    }

    /// <summary>Forward, mean cross-entropy against target shares [N, classes], and backward.</summary>
    /// <returns>The loss.</returns>
    public double Step(double[] images, double[] targets)
    {
        double[] logits = Forward(images);
        for (int node = -1; node < architecture.Nodes.Length; node++) gradients[node + 1] = new double[values[node + 1].Length];
        foreach (double[] gradient in WeightGradients.Concat(BiasGradients)) Array.Clear(gradient);
        double loss = Loss(logits, targets, gradients[^1], architecture.Classes);
        for (int node = architecture.Nodes.Length - 1; node >= 0; node--) BackwardNode(node);
        return loss;
    }

    private static double[] ToDoubles(ReadOnlySpan<float> source)
    {
        var result = new double[source.Length];
        for (int i = 0; i < result.Length; i++) result[i] = source[i];
        return result;
    }

    private static double Loss(double[] logits, double[] targets, double[] gradient, int classes)
    {
        int images = logits.Length / classes;
        double loss = 0;
        for (int image = 0; image < images; image++)
        {
            ReadOnlySpan<double> row = logits.AsSpan(image * classes, classes);
            double largest = double.MinValue, sum = 0;
            foreach (double logit in row) largest = Math.Max(largest, logit);
            foreach (double logit in row) sum += Math.Exp(logit - largest);
            for (int c = 0; c < classes; c++)
            {
                int at = (image * classes) + c;
                double share = Math.Exp(row[c] - largest) / sum;
                loss -= targets[at] * (row[c] - largest - Math.Log(sum)) / images;
                gradient[at] = (share - targets[at]) / images;
            }
        }

        return loss;
    }

    private double[] ForwardNode(int node)
    {
        Node n = architecture.Nodes[node];
        double[] x = values[n.Inputs[0] + 1];
        Shape input = architecture.InputOf(node), output = architecture.OutputOf(node);
        var y = new double[count * output.Elements];
        switch (n.Layer)
        {
            case Conv2D or DepthwiseConv2D or Dense:
                if (Noise is not null) x = Noise.ScaledInput(node, x, count);
                for (int i = 0; i < y.Length; i++) y[i] = biases[node].Length > 0 ? biases[node][i % output.Channels] : 0;
                ForEachProduct(node, (xi, wi, yi) => y[yi] += x[xi] * weights[node][wi]);
                Noise?.AddNoise(node, x, y, output.Channels, product => ForEachProduct(node, product));
                break;
            case MaxPool:
                for (int i = 0; i < y.Length; i++) y[i] = x[Largest(n.Inputs[0], x, PoolWindow.Inputs(n.Layer, input, output, i))];
                break;
            case AvgPool or GlobalAveragePool or Downsample:
                for (int i = 0; i < y.Length; i++) y[i] = PoolWindow.Inputs(n.Layer, input, output, i).Average(at => x[at]);
                break;
            case Add:
                double[] other = values[n.Inputs[1] + 1];
                for (int i = 0; i < y.Length; i++) y[i] = x[i] + other[i];
                break;
            case Concat:
                for (int i = 0; i < y.Length; i++) y[i] = Joined(input, output, i) is var (fromSecond, at) && fromSecond ? values[n.Inputs[1] + 1][at] : x[at];
                break;
            case Gather l:
                for (int i = 0; i < y.Length; i++) y[i] = x[Gathered(l, input, i)];
                break;
            case Greyscale:
                for (int i = 0; i < y.Length; i++) y[i] = ((77 * x[3 * i]) + (150 * x[(3 * i) + 1]) + (29 * x[(3 * i) + 2])) / 256;
                break;
            case Relu:
                for (int i = 0; i < y.Length; i++) y[i] = Passes(node, i, x[i]) ? x[i] : 0;
                break;
            case BatchNorm:
                norms[node] = NormState.Measure(x, output.Channels);
                for (int i = 0; i < y.Length; i++)
                {
                    int c = i % output.Channels;
                    y[i] = (norms[node]!.Normalised(x[i], c) * weights[node][c]) + biases[node][c];
                }

                break;
            default:
                throw UnknownLayer.Of(n.Layer);
        }

        return y;
    }

    /// <summary>Calls back with the indices (x, w, y) of every product that a convolution or dense layer sums over the batch.</summary>
    private void ForEachProduct(int node, Action<int, int, int> product)
    {
        Shape input = architecture.InputOf(node), output = architecture.OutputOf(node);
        if (architecture.Nodes[node].Layer is not Dense)
        {
            ConvolutionGeometry.Of(architecture.Nodes[node].Layer, input, output).ForEachProduct(count, product);
            return;
        }

        int features = input.Elements;
        for (int y = 0; y < count * output.Channels; y++)
        {
            (int image, int o) = Math.DivRem(y, output.Channels);
            for (int f = 0; f < features; f++) product((image * features) + f, (o * features) + f, y);
        }
    }

    private void BackwardKernel(int node, double[] x, double[] dx, double[] dy, int channels)
    {
        double[] dw = WeightGradients[node], db = BiasGradients[node], w = weights[node], read = x, written = dx;
        if (Noise is not null)
        {
            Noise.BeginBackward(node, values[node + 1], dy, channels);
            if (Noise.ScalesInput(node)) (read, written) = (Noise.ScaledInput(node, x, count), new double[x.Length]);
        }

        ForEachProduct(node, (xi, wi, yi) =>
        {
            dw[wi] += read[xi] * dy[yi];
            written[xi] += w[wi] * dy[yi];
        });
        for (int i = 0; i < dy.Length && db.Length > 0; i++) db[i % channels] += dy[i];
        if (Noise is null) return;
        Noise.BackwardVariances(node, read, written, dy, product => ForEachProduct(node, product));
        if (Noise.ScalesInput(node)) Noise.EndBackward(node, x, written, dx);
    }

    /// <summary>Which input of a concatenation stands behind flat output index <paramref name="index"/>, and where in it.</summary>
    private static (bool FromSecond, int At) Joined(Shape first, Shape output, int index)
    {
        (int pixel, int channel) = Math.DivRem(index, output.Channels);
        int channels = first.Channels, others = output.Channels - channels;
        return channel < channels ? (false, (pixel * channels) + channel) : (true, (pixel * others) + channel - channels);
    }

    /// <summary>The index in [N,H,W,C] behind flat output index <paramref name="index"/>.</summary>
    private static int Gathered(Gather layer, Shape input, int index) =>
        (index / layer.Indices.Length * input.Elements) + layer.Indices[index % layer.Indices.Length];

    private bool Passes(int node, int index, double value) => (Decider?.Invoke(node, index) ?? value) > 0;

    /// <summary>The first largest value of a window.</summary>
    private int Largest(int node, double[] x, IEnumerable<int> window)
    {
        double Value(int index) => Decider?.Invoke(node, index) ?? x[index];
        return window.Aggregate((a, b) => Value(b) > Value(a) ? b : a);
    }

    private void BackwardNode(int node)
    {
        Node n = architecture.Nodes[node];
        double[] x = values[n.Inputs[0] + 1], dx = gradients[n.Inputs[0] + 1], dy = gradients[node + 1];
        Shape input = architecture.InputOf(node), output = architecture.OutputOf(node);
        switch (n.Layer)
        {
            case Conv2D or DepthwiseConv2D or Dense:
                BackwardKernel(node, x, dx, dy, output.Channels);
                break;
            case MaxPool:
                for (int i = 0; i < dy.Length; i++) dx[Largest(n.Inputs[0], x, PoolWindow.Inputs(n.Layer, input, output, i))] += dy[i];

                break;
            case AvgPool or GlobalAveragePool or Downsample:
                for (int i = 0; i < dy.Length; i++)
                {
                    int[] window = [.. PoolWindow.Inputs(n.Layer, input, output, i)];
                    foreach (int at in window) dx[at] += dy[i] / window.Length;
                }

                break;
            case Add:
                double[] other = gradients[n.Inputs[1] + 1];
                for (int i = 0; i < dy.Length; i++)
                {
                    dx[i] += dy[i];
                    other[i] += dy[i];
                }

                break;
            case Concat:
                for (int i = 0; i < dy.Length; i++)
                {
                    (bool fromSecond, int at) = Joined(input, output, i);
                    (fromSecond ? gradients[n.Inputs[1] + 1] : dx)[at] += dy[i];
                }

                break;
            case Gather l:
                for (int i = 0; i < dy.Length; i++) dx[Gathered(l, input, i)] += dy[i];
                break;
            case Greyscale:
                for (int i = 0; i < dy.Length; i++)
                {
                    dx[3 * i] += dy[i] * 77 / 256;
                    dx[(3 * i) + 1] += dy[i] * 150 / 256;
                    dx[(3 * i) + 2] += dy[i] * 29 / 256;
                }

                break;
            case Relu:
                for (int i = 0; i < dy.Length; i++) dx[i] += Passes(node, i, x[i]) ? dy[i] : 0;
                break;
            case BatchNorm:
                norms[node]!.Backward(x, dy, dx, weights[node], WeightGradients[node], BiasGradients[node]);
                break;
            default:
                throw UnknownLayer.Of(n.Layer);
        }
    }
}
