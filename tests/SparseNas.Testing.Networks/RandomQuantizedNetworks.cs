using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;

namespace SparseNas.Testing.Networks;

/// <summary>What a random integer network is drawn with.</summary>
public sealed record RandomQuantization
{
    /// <summary>Weight bits to choose from per operator: of <see cref="WeightWidth.All"/>.</summary>
    public ImmutableArray<int> WeightBits { get; init; } = [8];

    /// <summary>Activation bits to choose from per operator: 8 down to 4.</summary>
    public ImmutableArray<int> ActivationBits { get; init; } = [8];

    /// <summary>Share of weights that are zero beyond those that round to it.</summary>
    public double Sparsity { get; init; }

    /// <summary>
    /// Widths of the largest multiplier to choose from, 1 to 15 bits: small ones requantise within 32 bits, large ones do not.
    /// </summary>
    public ImmutableArray<int> MultiplierBits { get; init; } = [7, 10, 15];

    /// <summary>Every width the project knows.</summary>
    public static RandomQuantization AllWidths { get; } = new() { WeightBits = [.. WeightWidth.All], ActivationBits = [8, 7, 6, 5, 4] };
}

/// <summary>
/// Integer networks with random weights whose requantisation is fitted to what the accumulators really do, so that most codes are neither
/// zero nor saturated and a comparison of two executors means something.
/// </summary>
/// <example><code>
/// var random = new SeededRandom(17);
/// QuantizedNetwork network = RandomQuantizedNetworks.Draw(random);
/// byte[][] images = RandomImages.Draw(network.Graph.Input, 8, random);
/// OperatorOutputs expected = NaiveIntegerExecutor.Run(network, images[4]);
/// </code></example>
public static class RandomQuantizedNetworks
{
    /// <summary>A random architecture with random integer parameters.</summary>
    public static QuantizedNetwork Draw(SeededRandom random, RandomQuantization? options = null) =>
        Draw(RandomArchitectures.Draw(random), random, options);

    /// <summary>Random integer parameters for <paramref name="architecture"/>.</summary>
    public static QuantizedNetwork Draw(Architecture architecture, SeededRandom random, RandomQuantization? options = null) =>
        new Drawing(OperatorGraph.From(architecture), random, options ?? new RandomQuantization()).Draw();

    private sealed class Drawing(OperatorGraph graph, SeededRandom random, RandomQuantization options)
    {
        private const int FittingImages = 20;
        private const float WeightScale = 0.01f;   // of no consequence for integers: only reports read it

        private readonly List<QuantizedOperator> operators = [];
        private readonly List<byte[][]> tensors = [];   // codes per operator and image
        private TensorFormat input = new(8, 1f / 255f, 0);
        private byte[][] images = [];

        public QuantizedNetwork Draw()
        {
            input = input with { ZeroPoint = random.Next(3) switch { 0 => random.Next(256), _ => 0 } };
            images = RandomImages.Draw(graph.Input, FittingImages, random);
            for (int index = 0; index < graph.Operators.Length; index++)
            {
                QuantizedOperator op = Next(graph.Operators[index], index == graph.Operators.Length - 1);
                operators.Add(op);
                if (index < graph.Operators.Length - 1) tensors.Add(Run(op));
            }

            return new QuantizedNetwork(graph, input, [.. operators]);
        }

        private TensorFormat FormatOf(int tensor) => tensor == Architecture.InputIndex ? input : operators[tensor].Output;

        private byte[][] Codes(int tensor) => tensor == Architecture.InputIndex ? images : tensors[tensor];

        private byte[][] Run(QuantizedOperator op)
        {
            ImmutableArray<int> sources = op.Operator.Inputs;
            Shape shape = graph.OutputOf(sources[0]);
            return [.. Codes(sources[0]).Zip(Codes(sources[^1]), (a, b) => NaiveIntegerExecutor.Codes(op, shape, a, b))];
        }

        private QuantizedOperator Next(Operator op, bool last)
        {
            TensorFormat source = FormatOf(op.Inputs[0]);
            return op.Layer switch
            {
                Conv2D or DepthwiseConv2D or Dense => Kernel(op, source, last),
                AvgPool or Downsample or GlobalAveragePool => Mean(op, source, last),
                MaxPool => new QuantizedMaxPool(op, source),
                Concat => Joined(op, source, FormatOf(op.Inputs[1])),
                Gather => new QuantizedGather(op, source),
                Greyscale => new QuantizedGreyscale(op, source),
                Relu => new QuantizedRelu(op, source),
                Add => Sum(op, source, FormatOf(op.Inputs[1])),
                _ => throw UnknownLayer.Of(op.Layer),
            };
        }

        private QuantizedKernel Kernel(Operator op, TensorFormat source, bool last)
        {
            int index = operators.Count, channels = op.Output.Channels, bits = Pick(options.WeightBits);
            sbyte[] weights = Weights(QuantizedNetworkLaws.WeightCount(graph, index), bits);
            var kernel = new IntegerKernel([.. weights], bits, [.. new int[channels]], source.ZeroPoint);
            var bare = new QuantizedKernel(op, LogitFormat, kernel, null);
            int[][] perChannel = PerChannel(bare, channels);
            if (last)
            {
                int spread = perChannel.Max(values => values[^1] - values[0]) + 1;
                return bare with { Kernel = kernel with { Biases = [.. perChannel.Select(_ => random.Next(-spread, spread) / 4)] } };
            }

            int codeBits = Pick(options.ActivationBits), maximum = (1 << codeBits) - 1;
            int zeroPoint = op.HasRelu ? (random.Next(4) == 0 ? random.Next(maximum / 4) : 0) : random.Next(maximum + 1);
            int minimum = op.HasRelu ? zeroPoint : 0;
            double[] ratios = [.. perChannel.Select(values => Ratio(maximum - minimum, Quantile(values, 0.97) - Quantile(values, 0.1)))];
            Requantization requantization = Requantize(ratios, zeroPoint, minimum, maximum, random.Next(6) == 0);
            int[] biases = [.. perChannel.Select((values, channel) => Bias(values, requantization, channel))];
            return new QuantizedKernel(
                op, new TensorFormat(codeBits, source.Scale * WeightScale / (float)ratios.Max(), zeroPoint),
                kernel with { Biases = [.. biases] }, requantization);
        }

        /// <summary>The bias that puts the lower end of a channel's accumulators at the smallest code.</summary>
        private static int Bias(int[] values, Requantization requantization, int channel)
        {
            double ratio = Math.ScaleB(requantization.Multiplier(channel), -requantization.Shift);
            double low = Quantile(values, 0.97) == Quantile(values, 0.1)
                ? values[0] - ((requantization.Maximum - requantization.Minimum) / 2 / ratio)   // a dead channel: half way up
                : Quantile(values, 0.1);
            return (int)Math.Round(((requantization.Minimum - requantization.ZeroPoint) / ratio) - low);
        }

        private QuantizedMean Mean(Operator op, TensorFormat source, bool last)
        {
            var bare = new QuantizedMean(op, LogitFormat, source.ZeroPoint, null);
            if (last) return bare;
            int[] sums = [.. PerChannel(bare, op.Output.Channels).SelectMany(values => values).Order()];
            int codeBits = Pick(options.ActivationBits), maximum = (1 << codeBits) - 1;
            double low = op.HasRelu ? 0 : Math.Min(0, Quantile(sums, 0.05));
            double ratio = Ratio(maximum, Quantile(sums, 0.97) - low);
            int zeroPoint = Math.Clamp((int)Math.Round(-low * ratio), 0, maximum);
            return new QuantizedMean(
                op, new TensorFormat(codeBits, source.Scale / (float)ratio, zeroPoint), source.ZeroPoint,
                Requantize([ratio], zeroPoint, op.HasRelu ? zeroPoint : 0, maximum, single: true));
        }

        private QuantizedAdd Sum(Operator op, TensorFormat a, TensorFormat b)
        {
            double weightA = 0.2 + random.NextDouble(), weightB = 0.2 + random.NextDouble();
            int codeBits = Pick(options.ActivationBits), maximum = (1 << codeBits) - 1;
            double[] sums = [.. Codes(op.Inputs[0]).Zip(Codes(op.Inputs[1]), (left, right) =>
                left.Zip(right, (x, y) => ((x - a.ZeroPoint) * weightA) + ((y - b.ZeroPoint) * weightB))).SelectMany(values => values)
                    .Order()];
            double low = op.HasRelu ? 0 : Math.Min(0, Quantile(sums, 0.05));
            double ratio = Ratio(maximum, Quantile(sums, 0.97) - low);
            int zeroPoint = Math.Clamp((int)Math.Round(-low * ratio), 0, maximum);
            int shift = Math.Clamp(20 - Math.ILogB(ratio * Math.Max(weightA, weightB)) - 1 - random.Next(6), 1, 20);
            int MultiplierOf(double weight) => Math.Min((int)Math.Round(Math.ScaleB(weight * ratio, shift)), 1 << 20);
            return new QuantizedAdd(
                op, new TensorFormat(codeBits, a.Scale / (float)ratio, zeroPoint), a.ZeroPoint, b.ZeroPoint,
                MultiplierOf(weightA), MultiplierOf(weightB), shift, op.HasRelu ? zeroPoint : 0, maximum);
        }

        /// <summary>Now and then the first input is copied as it is; otherwise both are scaled to about the width of the output.</summary>
        private QuantizedConcat Joined(Operator op, TensorFormat a, TensorFormat b)
        {
            int codeBits = Pick(options.ActivationBits), maximum = (1 << codeBits) - 1, shift = random.Next(6, 17);
            bool copies = random.Next(2) == 0;
            TensorFormat output = copies ? a : new TensorFormat(codeBits, a.Scale, random.Next(4) == 0 ? random.Next(maximum + 1) : 0);
            int MultiplierOf(TensorFormat input) =>
                Math.Clamp((int)Math.ScaleB((0.7 + (0.5 * random.NextDouble())) * output.Maximum / input.Maximum, shift), 1, 1 << 20);
            return new QuantizedConcat(
                op, output, a.ZeroPoint, b.ZeroPoint, copies ? 1 << shift : MultiplierOf(a), MultiplierOf(b), shift,
                op.HasRelu ? output.ZeroPoint : 0, output.Maximum);
        }

        private static TensorFormat LogitFormat => new(32, WeightScale, 0);

        private sbyte[] Weights(int count, int bits)
        {
            int largest = WeightWidth.Largest(bits), smallest = WeightWidth.Smallest(bits);
            var weights = new sbyte[count];
            foreach (ref sbyte weight in weights.AsSpan())
            {
                double value = random.Next(16) == 0 ? (random.Next(2) == 0 ? largest : smallest) : random.NextNormal() * (largest - smallest) * 0.225;
                weight = random.NextDouble() < options.Sparsity ? (sbyte)0 : (sbyte)Math.Clamp(Math.Round(value), smallest, largest);
            }

            return weights;
        }

        /// <summary>One shift for all channels, the largest multiplier of one of the wished widths.</summary>
        private Requantization Requantize(double[] ratios, int zeroPoint, int minimum, int maximum, bool single)
        {
            int bits = Pick(options.MultiplierBits);
            double largest = ratios.Max();
            int shift = Math.Clamp(bits - 1 - Math.ILogB(largest), 1, 46);
            int MultiplierOf(double ratio) => (int)Math.Clamp(Math.Round(Math.ScaleB(ratio, shift)), 1, (1 << bits) - 1);
            ImmutableArray<int> multipliers = single ? [MultiplierOf(largest)] : [.. ratios.Select(MultiplierOf)];
            return new Requantization(multipliers, shift, zeroPoint, minimum, maximum);
        }

        /// <summary>The accumulators over the fitting images, sorted, per output channel.</summary>
        private int[][] PerChannel(QuantizedOperator bare, int channels)
        {
            int source = bare.Operator.Inputs[0];
            Shape shape = graph.OutputOf(source);
            var values = new List<int>[channels];
            for (int channel = 0; channel < channels; channel++) values[channel] = [];
            foreach (byte[] codes in Codes(source))
            {
                int[] accumulators = NaiveIntegerExecutor.Accumulators(bare, shape, codes);
                for (int index = 0; index < accumulators.Length; index++) values[index % channels].Add(accumulators[index]);
            }

            return [.. values.Select(list => list.Order().ToArray())];
        }

        private static double Ratio(int codes, double spread) => Math.Min(codes / Math.Max(spread, 1), 64);

        private static T Quantile<T>(T[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];

        private int Pick(ImmutableArray<int> choices) => choices[random.Next(choices.Length)];
    }
}
