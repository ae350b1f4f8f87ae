using SparseNas.Networks;
using SparseNas.Quantization.Arithmetic;
using SparseNas.Quantization.Execution;
using SparseNas.Testing.Networks;

namespace SparseNas.Quantization.Tests;

/// <summary>Oracle: the float network itself, run naively; integers must follow it as closely as their widths allow.</summary>
public class QuantizerTests
{
    private static readonly InputEncoding Encoding = new(1f / 128f, 30);

    [Theory]
    [InlineData(CalibrationMethod.MinMax)]
    [InlineData(CalibrationMethod.Percentile)]
    [InlineData(CalibrationMethod.MeanSquaredError)]
    public void EveryTensorFollowsTheFloatNetwork(CalibrationMethod method)
    {
        List<double> noise = [];
        for (ulong seed = 0; seed < 60; seed++)
        {
            Case test = Case.Draw(seed, RandomArchitectures.Draw(new SeededRandom(seed)));
            noise.AddRange(test.NoiseShares(test.Quantize(new QuantizationOptions { Calibration = method })));
        }

        // 8 bits give about 40 dB after a few layers: a share of 1e-4. A wrong scale, zero point or bias gives a share near 1.
        noise.Sort();
        Assert.InRange(noise[noise.Count / 2], 0, 1e-3);
        Assert.InRange(noise[(int)(0.95 * noise.Count)], 0, 0.02);
    }

    [Fact]
    public void FewerBitsGiveMoreNoiseButTheSameNetwork()
    {
        double previous = 0;
        foreach ((int weightBits, int activationBits, double limit) in
            (ReadOnlySpan<(int, int, double)>)[(8, 8, 2e-3), (8, 6, 0.01), (4, 8, 0.1), (3, 8, 0.3), (2, 8, 0.7)])
        {
            double sum = 0;
            for (ulong seed = 0; seed < 12; seed++)
            {
                Case test = Case.Draw(seed, ThreeConvolutions);
                var options = new QuantizationOptions { WeightBits = weightBits, ActivationBits = activationBits };
                sum += test.NoiseShares(test.Quantize(options))[^1] / 12;
            }

            Assert.InRange(sum, previous * 0.8, limit);
            previous = sum;
        }
    }

    [Fact]
    public void ReluOutputsUseEveryCodeAndTheLastOperatorHasOneScale()
    {
        QuantizedNetwork network = Case.Draw(1, ThreeConvolutions).Quantize(new QuantizationOptions());
        foreach (QuantizedKernel kernel in network.Operators.OfType<QuantizedKernel>().SkipLast(1))
        {
            Assert.Equal(0, kernel.Output.ZeroPoint);
            Assert.Equal(0, kernel.Requantization!.Minimum);
            int largest = kernel.Kernel.Weights.Max(weight => Math.Abs((int)weight));
            Assert.InRange(largest, 119, 127);
        }

        Assert.Null(((QuantizedKernel)network.Operators[^1]).Requantization);
    }

    [Fact]
    public void TrainedSizesRequantizeIn32Bits()
    {
        QuantizedNetwork network = Case.Draw(1, ThreeConvolutions).Quantize(new QuantizationOptions());
        for (int index = 0; index < network.Operators.Length; index++)
        {
            if (network.Operators[index] is not QuantizedKernel { Requantization: { } requantization } op) continue;
            for (int channel = 0; channel < op.Kernel.Biases.Length; channel++)
            {
                AccumulatorBound bound = AccumulatorBound.Of(op.Kernel, channel, network.FormatOf(op.Operator.Inputs[0]));
                Assert.True(bound.RequantizesInInt32(requantization.Multiplier(channel), requantization.Shift));
            }
        }
    }

    [Fact]
    public void AConvolutionBeforeAMaximumWithReluDropsNegativesAtOnce()
    {
        Architecture architecture = Architecture.Chain(
            "late_relu", new Shape(8, 8, 1), 3, new Conv2D(4, 3, 3), new MaxPool(2, 2, 2), new Relu(), new Dense(3));
        Case test = Case.Draw(2, architecture);
        QuantizedNetwork network = test.Quantize(new QuantizationOptions());
        Assert.Equal(0, network.Operators[0].Output.ZeroPoint);
        Assert.InRange(test.NoiseShares(network)[^1], 0, 1e-3);
    }

    /// <summary>Coarse weights shift every channel's mean; the bias takes it back, border padding included.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void ChannelsKeepTheirMeans(int bits)
    {
        LayerSpec[] layers = [new Conv2D(6, 3, 3, 2, Padding.Same), new DepthwiseConv2D(5, 3, 1, Padding.Same)];
        foreach (LayerSpec layer in layers)
        {
            Architecture architecture = Architecture.Chain("means", new Shape(9, 8, 3), 3, layer, new Dense(3));
            Case test = Case.Draw(4, architecture);
            QuantizedNetwork network = test.Quantize(
                new QuantizationOptions { WeightBits = bits, Calibration = CalibrationMethod.MinMax });
            TensorFormat format = network.Operators[0].Output;
            int channels = network.Operators[0].Operator.Output.Channels;
            var difference = new double[channels];
            foreach (byte[] image in test.Images)
            {
                float[] expected = Outputs(FoldedNetwork.From(test.Network), image)[0];
                byte[] actual = NaiveIntegerExecutor.Run(network, image).Activations[0];
                for (int index = 0; index < actual.Length; index++)
                {
                    difference[index % channels] += (format.ToReal(actual[index]) - expected[index]) * channels / actual.Length / test.Images.Length;
                }
            }

            Assert.All(difference, shift => Assert.InRange(Math.Abs(shift), 0, 2.5 * format.Scale));
        }
    }

    [Fact]
    public void PowersOfTwoOnlyShift()
    {
        Case test = Case.Draw(5, ThreeConvolutions);
        QuantizedNetwork network = test.Quantize(new QuantizationOptions { Requantization = RequantizationKind.PowerOfTwo });
        foreach (QuantizedKernel op in network.Operators.OfType<QuantizedKernel>().SkipLast(1))
        {
            Assert.All(op.Requantization!.Multipliers, multiplier => Assert.True(int.IsPow2(multiplier), $"{multiplier}"));
            Assert.InRange(op.Kernel.Weights.Max(weight => Math.Abs((int)weight)), 63, 127);
        }

        Assert.InRange(test.NoiseShares(network)[^1], 0, 4e-3);
    }

    [Fact]
    public void LayersMayHaveWidthsOfTheirOwn()
    {
        QuantizedNetwork network = Case.Draw(3, ThreeConvolutions).Quantize(
            new QuantizationOptions { Layers = [new LayerBits("conv4", 2, 4)] });
        Assert.Equal([8, 2, 8, 8], network.Operators.OfType<QuantizedKernel>().Select(op => op.Kernel.Bits));
        Assert.Equal(4, network.Operators.OfType<QuantizedKernel>().ElementAt(1).Output.Bits);
    }

    [Fact]
    public void WrongOptionsAreListedTogether()
    {
        var options = new QuantizationOptions
        {
            WeightBits = 5, ActivationBits = 9, ClippedShare = 1, Layers = [new LayerBits("nose", 8, 8)],
        };
        string message = Assert.Throws<ArgumentException>(() => Case.Draw(3, ThreeConvolutions).Quantize(options)).Message;
        string[] parts = ["weight bits must be 8, 4, 3, 2 or 1 (ternary), but are 5", "but got 9", "but got 1", "'nose' is not a layer"];
        foreach (string part in parts)
        {
            Assert.Contains(part, message);
        }
    }

    [Fact]
    public void DeadChannelsAndWildScalesStillGiveALegalNetwork()
    {
        var random = new SeededRandom(9);
        Network network = RandomNetworks.Draw(ThreeConvolutions, random);
        KernelWeights kernel = network.Kernel(0);
        float[] weights = [.. kernel.Weights];
        int perChannel = weights.Length / kernel.Biases.Length;
        Array.Clear(weights, 0, perChannel);                                                     // dead, with a bias
        for (int tap = 0; tap < perChannel; tap++) weights[perChannel + tap] *= 1e-7f;           // nearly dead
        for (int tap = 0; tap < perChannel; tap++) weights[(2 * perChannel) + tap] *= 30;        // one far above the others
        Network wild = new(network.Architecture, network.Layers.SetItem(0, kernel with { Weights = [.. weights] }));
        Case test = new(wild, RandomImages.Draw(ThreeConvolutions.Input, 12, random));
        Assert.InRange(test.NoiseShares(test.Quantize(new QuantizationOptions()))[^1], 0, 0.01);
    }

    private static Architecture ThreeConvolutions { get; } = Architecture.Chain(
        "three", new Shape(12, 12, 1), 5,
        new Conv2D(8, 3, 3), new BatchNorm(), new Relu(), new Conv2D(12, 3, 3, 2), new Relu(), new Conv2D(12, 3, 3), new Relu(),
        new Dense(5));

    /// <summary>Every operator's output for one image, by the obvious loops.</summary>
    private static float[][] Outputs(FoldedNetwork network, byte[] image) =>
        [.. NaiveForward.Run(network, [.. image.Select(value => (double)Encoding.ToReal(value))]).Select(output => output.Select(value => (float)value).ToArray())];

    /// <summary>A float network with images, and the comparison of its integer form with it.</summary>
    private sealed record Case(Network Network, byte[][] Images)
    {
        public static Case Draw(ulong seed, Architecture architecture)
        {
            var random = new SeededRandom(seed, 7);
            return new Case(RandomNetworks.Draw(architecture, random), RandomImages.Draw(architecture.Input, 16, random));
        }

        public QuantizedNetwork Quantize(QuantizationOptions options)
        {
            FoldedNetwork folded = FoldedNetwork.From(Network);
            return Quantizer.Quantize(
                Network,
                visit =>
                {
                    foreach (byte[] image in Images)
                    {
                        visit(Architecture.InputIndex, [.. image.Select(Encoding.ToReal)]);
                        float[][] outputs = Outputs(folded, image);
                        for (int index = 0; index < outputs.Length; index++) visit(index, outputs[index]);
                    }
                },
                Encoding, options);
        }

        /// <summary>Per operator: power of (integer − float) over power of float around its mean, all images together.</summary>
        public double[] NoiseShares(QuantizedNetwork network)
        {
            FoldedNetwork folded = FoldedNetwork.From(Network);
            int count = network.Operators.Length;
            var noise = new double[count];
            var values = new List<double>[count];
            for (int index = 0; index < count; index++) values[index] = [];
            foreach (byte[] image in Images)
            {
                float[][] floats = Outputs(folded, image);
                OperatorOutputs integers = NaiveIntegerExecutor.Run(network, image);
                for (int index = 0; index < count; index++)
                {
                    TensorFormat format = network.Operators[index].Output;
                    for (int element = 0; element < floats[index].Length; element++)
                    {
                        int code = index == count - 1 ? integers.Logits[element] : integers.Activations[index][element];
                        double wanted = network.Operators[index] is { Operator.HasRelu: false } and not QuantizedRelu
                            && DropsNegatives(network, index) ? Math.Max(floats[index][element], 0) : floats[index][element];
                        noise[index] += Math.Pow(format.ToReal(code) - wanted, 2);
                        values[index].Add(wanted);
                    }
                }
            }

            return [.. noise.Select((sum, index) => sum / Math.Max(Power(values[index]), 1e-9))];
        }

        /// <summary>
        /// Whether the quantiser clamps here although the ReLU comes later: the float output is then compared clamped too.
        /// </summary>
        private static bool DropsNegatives(QuantizedNetwork network, int index)
        {
            int? minimum = network.Operators[index] switch
            {
                QuantizedKernel op => op.Requantization?.Minimum,
                QuantizedMean op => op.Requantization?.Minimum,
                QuantizedAdd op => op.Minimum,
                QuantizedConcat op => op.Minimum,
                _ => null,
            };
            return minimum == network.Operators[index].Output.ZeroPoint && network.Graph.Operators
                .Where(reader => reader.Inputs.Contains(index))
                .All(reader => reader is { Layer: Relu } or { Layer: MaxPool or Concat or Gather, HasRelu: true });
        }

        private static double Power(List<double> values)
        {
            double mean = values.Average();
            return values.Sum(value => (value - mean) * (value - mean));
        }
    }
}
