using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Quantization.Calibration;
using SparseNas.Quantization.Conversion;
using SparseNas.Quantization.Execution;
using SparseNas.Training.Data;

namespace SparseNas.Quantization;

/// <summary>
/// A trained network in integers: batch norm folded, weights symmetric per output channel (one scale for the layer that gives the logits),
/// activations per tensor with a zero point, ranges from calibration samples.
/// </summary>
/// <example><code>
/// QuantizedNetwork integers = Quantizer.Quantize(trained.Network, train.Take(1000), dataset.Encoding, new QuantizationOptions());
/// double error = IntegerExecutor.Error(integers, validation);
/// </code></example>
public static class Quantizer
{
    /// <summary>Calibrates on float inference over <paramref name="calibration"/> and converts.</summary>
    /// <param name="network">Trained weights.</param>
    /// <param name="calibration">Samples like those of training, at least one; never test data.</param>
    /// <param name="encoding">What a byte means: becomes the input's format.</param>
    /// <param name="options">Widths and calibration method.</param>
    /// <exception cref="ArgumentException">Options out of range, no samples, or activations that are not finite.</exception>
    /// <exception cref="QuantizedNetworkException">The result would break a law: an accumulator could leave 32 bits.</exception>
    public static QuantizedNetwork Quantize(Network network, Samples calibration, InputEncoding encoding, QuantizationOptions options)
    {
        options.Check(network.Architecture.Nodes.Select(node => node.Name));
        Samples seen = calibration.Take(Math.Min(calibration.Count, options.CalibrationSamples));
        return Quantize(network, ActivationStatistics.Collect(network, seen, encoding), encoding, options);
    }

    /// <summary>Converts with ranges from any source of activations.</summary>
    /// <param name="network">Trained weights.</param>
    /// <param name="activations">Float outputs of the operators of the folded network.</param>
    /// <param name="encoding">What a byte means: becomes the input's format.</param>
    /// <param name="options">Widths and calibration method.</param>
    /// <inheritdoc cref="Quantize(Network, Samples, InputEncoding, QuantizationOptions)"/>
    public static QuantizedNetwork Quantize(
        Network network, ActivationSource activations, InputEncoding encoding, QuantizationOptions options) =>
        Quantize(network, ActivationStatistics.Collect(OperatorGraph.From(network.Architecture), activations), encoding, options);

    /// <summary>
    /// Converts with ranges from statistics that were collected before: many conversions of one network look at its data once.
    /// </summary>
    /// <param name="network">Trained weights.</param>
    /// <param name="statistics">What the operators of the folded network were seen to hold.</param>
    /// <param name="encoding">What a byte means: becomes the input's format.</param>
    /// <param name="options">Widths and calibration method.</param>
    /// <inheritdoc cref="Quantize(Network, Samples, InputEncoding, QuantizationOptions)"/>
    public static QuantizedNetwork Quantize(
        Network network, ActivationStatistics statistics, InputEncoding encoding, QuantizationOptions options)
    {
        FoldedNetwork folded = FoldedNetwork.From(network);
        TensorFormat Choose(int index)
        {
            int bits = options.For(folded.Graph.Operators[index].Name).ActivationBits;
            return RangeChoice.Choose(statistics.Operators[index], bits, ClampsAtZero(folded.Graph, index), options);
        }

        return Convert(
            folded, new TensorFormat(8, encoding.Scale, encoding.ZeroPoint), options, Choose, tensor => statistics.Of(tensor).Means());
    }

    /// <summary>
    /// Converts with the activation formats of an earlier conversion of the same architecture: weights were trained for them.
    /// </summary>
    /// <param name="model">Where the formats come from.</param>
    /// <param name="network">Trained weights.</param>
    /// <param name="options">Weight widths; activation widths are the model's.</param>
    /// <exception cref="ArgumentException">Options out of range, or another architecture.</exception>
    /// <exception cref="QuantizedNetworkException">The result would break a law: an accumulator could leave 32 bits.</exception>
    public static QuantizedNetwork QuantizeLike(QuantizedNetwork model, Network network, QuantizationOptions options)
    {
        if (!network.Architecture.Equals(model.Graph.Architecture))
        {
            throw new ArgumentException($"The formats belong to {model.Graph.Architecture}, but the weights to {network.Architecture}.",
                nameof(network));
        }

        return Convert(FoldedNetwork.From(network), model.Input, options, index => model.Operators[index].Output, _ => []);
    }

    private static QuantizedNetwork Convert(
        FoldedNetwork folded, TensorFormat input, QuantizationOptions options, Func<int, TensorFormat> formatOf,
        Func<int, float[]> meansOf)
    {
        options.Check(folded.Graph.Architecture.Nodes.Select(node => node.Name));
        QuantizedNetwork result = new Conversion(folded, input, options, formatOf, meansOf).Run();
        QuantizedNetworkLaws.Check(result, folded.Graph.Architecture.Name);
        return result;
    }

    /// <summary>
    /// Whether negative outputs may become 0 at operator <paramref name="index"/>: a ReLU is folded in, or everything that reads the
    /// tensor is a maximum or ReLU that would clamp it (max(relu(x)) = relu(max(x))), so that no code is spent on what is thrown away next.
    /// </summary>
    private static bool ClampsAtZero(OperatorGraph graph, int index) => graph.Operators[index].HasRelu || graph.Operators
        .Where(reader => reader.Inputs.Contains(index))
        .All(reader => reader is { Layer: Relu } or { Layer: MaxPool, HasRelu: true });

    private sealed class Conversion(FoldedNetwork folded, TensorFormat input, QuantizationOptions options, Func<int, TensorFormat> formatOf,
        Func<int, float[]> meansOf)
    {
        /// <summary>Lets a ratio that is a whole multiplier but for float rounding stay one.</summary>
        private const double Exact = 1 + 1e-6;

        private readonly OperatorGraph graph = folded.Graph;
        private readonly ImmutableArray<QuantizedOperator>.Builder operators = ImmutableArray.CreateBuilder<QuantizedOperator>();

        public QuantizedNetwork Run()
        {
            for (int index = 0; index < graph.Operators.Length; index++) operators.Add(Convert(index));
            return new QuantizedNetwork(graph, input, operators.ToImmutable());
        }

        private TensorFormat FormatOf(int tensor) => tensor == Architecture.InputIndex ? input : operators[tensor].Output;

        private QuantizedOperator Convert(int index)
        {
            Operator op = graph.Operators[index];
            TensorFormat source = FormatOf(op.Inputs[0]);
            return op.Layer switch
            {
                Conv2D or DepthwiseConv2D or Dense => Kernel(op, index, source),
                AvgPool or Downsample or GlobalAveragePool => Mean(op, index, source),
                MaxPool => new QuantizedMaxPool(op, source),
                Greyscale => new QuantizedGreyscale(op, source),
                Relu => new QuantizedRelu(op, source),
                Add => Sum(op, index, source, FormatOf(op.Inputs[1])),
                _ => throw UnknownLayer.Of(op.Layer),
            };
        }

        private QuantizedKernel Kernel(Operator op, int index, TensorFormat source)
        {
            int bits = options.For(op.Name).WeightBits;
            float[] means = meansOf(op.Inputs[0]);
            if (means.Length > 0) means = TapMeans.Of(op, graph.InputOf(index), means);
            var kernel = new FloatKernel(op, folded.Kernels[index]!, bits, source, means);
            if (index == graph.Operators.Length - 1) return KernelConversion.Logits(kernel);
            TensorFormat output = formatOf(index);
            return KernelConversion.Hidden(kernel, output, Minimum(index, output), options.Requantization);
        }

        /// <summary>
        /// A mean has no weights that could absorb an inexact multiplier, so the output scale moves up to the next one that seven bits
        /// express exactly: output scale = input scale · 2^shift / (count · multiplier), at most 1/64 coarser.
        /// </summary>
        private QuantizedMean Mean(Operator op, int index, TensorFormat source)
        {
            int count = PoolWindow.Of(op.Layer, graph.InputOf(index)).Elements;
            double sumScale = (double)source.Scale / count;
            if (index == graph.Operators.Length - 1)
            {
                return new QuantizedMean(op, new TensorFormat(32, (float)sumScale, 0), source.ZeroPoint, null);
            }

            TensorFormat wished = formatOf(index);
            double ratio = sumScale / wished.Scale;
            int shift = Math.Clamp(6 - Math.ILogB(ratio), 1, 46);
            int multiplier = Math.Clamp((int)(Math.ScaleB(ratio, shift) * Exact), 1, 32767);
            TensorFormat output = wished with { Scale = (float)(Math.ScaleB(sumScale, shift) / multiplier) };
            return new QuantizedMean(
                op, output, source.ZeroPoint,
                new Requantization([multiplier], shift, output.ZeroPoint, Minimum(index, output), output.Maximum));
        }

        private QuantizedAdd Sum(Operator op, int index, TensorFormat a, TensorFormat b)
        {
            TensorFormat output = formatOf(index);
            double ratioA = a.Scale / (double)output.Scale, ratioB = b.Scale / (double)output.Scale;
            int shift = Math.Clamp(14 - Math.ILogB(Math.Max(ratioA, ratioB)), 1, 20);
            int Multiplier(double ratio) => Math.Min((int)Math.Round(Math.ScaleB(ratio, shift)), 32767);
            return new QuantizedAdd(
                op, output, a.ZeroPoint, b.ZeroPoint, Multiplier(ratioA), Multiplier(ratioB), shift, Minimum(index, output),
                output.Maximum);
        }

        private int Minimum(int index, TensorFormat output) => ClampsAtZero(graph, index) ? output.ZeroPoint : 0;
    }
}
