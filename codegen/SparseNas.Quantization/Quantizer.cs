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
        return Quantize(network, ActivationStatistics.Collect(network, Seen(calibration, options), encoding), encoding, options);
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
        OperatorGraph graph = OperatorGraph.From(network.Architecture);
        return Convert(network, statistics, encoding, options, index => Calibrated(graph, index, statistics, options));
    }

    /// <summary>
    /// Converts after training for few bits: activations below 8 bits keep the formats that training rounded to, the others are calibrated anew
    /// on what the trained weights give.
    /// </summary>
    /// <param name="model">The conversion whose formats training used.</param>
    /// <param name="network">Trained weights of the same architecture.</param>
    /// <param name="calibration">Samples like those of training, at least one.</param>
    /// <param name="encoding">What a byte means.</param>
    /// <param name="options">The options of the model.</param>
    /// <exception cref="ArgumentException">Another architecture, no samples, or activations that are not finite.</exception>
    /// <exception cref="QuantizedNetworkException">The result would break a law: an accumulator could leave 32 bits.</exception>
    public static QuantizedNetwork QuantizeTrained(
        QuantizedNetwork model, Network network, Samples calibration, InputEncoding encoding, QuantizationOptions options)
    {
        if (!network.Architecture.Equals(model.Graph.Architecture))
        {
            throw new ArgumentException(
                $"The formats belong to {model.Graph.Architecture}, but the weights to {network.Architecture}.", nameof(network));
        }

        ActivationStatistics statistics = ActivationStatistics.Collect(network, Seen(calibration, options), encoding);
        return Convert(network, statistics, encoding, options, index =>
            model.Operators[index].Output is { Bits: < 8 } trained ? trained : Calibrated(model.Graph, index, statistics, options));
    }

    private static Samples Seen(Samples calibration, QuantizationOptions options) =>
        calibration.Take(Math.Min(calibration.Count, options.CalibrationSamples));

    private static TensorFormat Calibrated(OperatorGraph graph, int index, ActivationStatistics statistics, QuantizationOptions options)
    {
        int bits = options.For(graph.Operators[index].Name).ActivationBits;
        return RangeChoice.Choose(statistics.Operators[index], bits, ClampsAtZero(graph, index), options);
    }

    private static QuantizedNetwork Convert(
        Network network, ActivationStatistics statistics, InputEncoding encoding, QuantizationOptions options, Func<int, TensorFormat> formatOf)
    {
        options.Check(network.Architecture.Nodes.Select(node => node.Name));
        var input = new TensorFormat(8, encoding.Scale, encoding.ZeroPoint);
        QuantizedNetwork result = new Conversion(FoldedNetwork.From(network), input, options, formatOf, statistics).Run();
        QuantizedNetworkLaws.Check(result, network.Architecture.Name);
        return result;
    }

    /// <summary>
    /// Whether negative outputs may become 0 at operator <paramref name="index"/>: a ReLU is folded in, or everything that reads the
    /// tensor is a maximum, concatenation, selection or ReLU that would clamp it (max(relu(x)) = relu(max(x))), so that no code is spent on what is thrown away next.
    /// </summary>
    private static bool ClampsAtZero(OperatorGraph graph, int index) => graph.Operators[index].HasRelu || graph.Operators
        .Where(reader => reader.Inputs.Contains(index))
        .All(reader => reader is { Layer: Relu } or { Layer: MaxPool or Concat or Gather, HasRelu: true });

    private sealed class Conversion(
        FoldedNetwork folded, TensorFormat input, QuantizationOptions options, Func<int, TensorFormat> formatOf, ActivationStatistics statistics)
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
                Concat => Joined(op, index, source, FormatOf(op.Inputs[1])),
                Gather => new QuantizedGather(op, source),
                Greyscale => new QuantizedGreyscale(op, source),
                Relu => new QuantizedRelu(op, source),
                Add => Sum(op, index, source, FormatOf(op.Inputs[1])),
                _ => throw UnknownLayer.Of(op.Layer),
            };
        }

        private QuantizedKernel Kernel(Operator op, int index, TensorFormat source)
        {
            int bits = options.For(op.Name).WeightBits;
            float[] means = statistics.Of(op.Inputs[0]).Means();
            if (means.Length > 0) means = TapMeans.Of(op, graph.InputOf(index), means);
            var kernel = new FloatKernel(op, folded.Kernels[index]!, bits, source, means);
            if (index == graph.Operators.Length - 1) return KernelConversion.Logits(kernel);
            TensorFormat output = FormatFor(index);
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

            TensorFormat wished = FormatFor(index);
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
            TensorFormat output = FormatFor(index);
            double ratioA = a.Scale / (double)output.Scale, ratioB = b.Scale / (double)output.Scale;
            int shift = Math.Clamp(14 - Math.ILogB(Math.Max(ratioA, ratioB)), 1, 20);
            int Multiplier(double ratio) => Math.Min((int)Math.Round(Math.ScaleB(ratio, shift)), 32767);
            return new QuantizedAdd(
                op, output, a.ZeroPoint, b.ZeroPoint, Multiplier(ratioA), Multiplier(ratioB), shift, Minimum(index, output),
                output.Maximum);
        }

        private QuantizedConcat Joined(Operator op, int index, TensorFormat a, TensorFormat b)
        {
            TensorFormat output = FormatFor(index);
            double ratioA = a.Scale / (double)output.Scale, ratioB = b.Scale / (double)output.Scale;
            int shift = Math.Clamp(14 - Math.ILogB(Math.Max(ratioA, ratioB)), 1, 20);
            int Multiplier(double ratio) => Math.Min((int)Math.Round(Math.ScaleB(ratio, shift)), 1 << 20);
            return new QuantizedConcat(
                op, output, a.ZeroPoint, b.ZeroPoint, Multiplier(ratioA), Multiplier(ratioB), shift, Minimum(index, output), output.Maximum);
        }

        /// <summary>
        /// The format of operator <paramref name="index"/>: its own, or that of the concatenation that its codes end in when nothing else reads
        /// them; there they are copied as they are and need no second rounding.
        /// </summary>
        private TensorFormat FormatFor(int index)
        {
            int target = index;
            for (int? at = OnlyReader(index); at is { } reader && graph.Operators[reader].Layer is Concat or MaxPool or Gather or Relu; at = OnlyReader(reader))
            {
                if (graph.Operators[reader].Layer is Concat) target = reader;
            }

            return formatOf(target);
        }

        private int? OnlyReader(int index)
        {
            int[] readers = [.. Enumerable.Range(0, graph.Operators.Length).Where(at => graph.Operators[at].Inputs.Contains(index)).Take(2)];
            return readers.Length == 1 ? readers[0] : null;
        }

        private int Minimum(int index, TensorFormat output) => ClampsAtZero(graph, index) ? output.ZeroPoint : 0;
    }
}
