using SparseNas.Networks;
using SparseNas.Quantization.Execution;
using SparseNas.Quantization.Execution.Lanes;
using SparseNas.Testing.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Quantization.Tests.Execution;

/// <summary>Oracle: the naive twin, every operator's every byte, on every instruction set of the machine.</summary>
public class IntegerExecutorTests
{
    [Fact]
    public void EveryInstructionSetGivesTheNaiveBytes() => Compare(0, 200);

    [Fact]
    [Trait("Category", "Exhaustive")]
    public void EveryInstructionSetGivesTheNaiveBytesOverThousandsOfNetworks() => Compare(1000, 4000);

    [Fact]
    public void ImagesOfABlockDoNotDisturbEachOther()
    {
        var random = new SeededRandom(4);
        QuantizedNetwork network = RandomQuantizedNetworks.Draw(random);
        byte[][] images = RandomImages.Draw(network.Graph.Input, 37, random);
        var samples = new Samples(network.Graph.Input, network.Classes, [.. images.SelectMany(image => image)], new byte[37]);
        IntegerExecutor executor = IntegerExecutor.For(network);
        int[] expected = [.. images.Select(image => NaiveIntegerExecutor.Run(network, image).Class)];
        Assert.Equal(expected, executor.Classify(samples));
        Assert.Equal(expected, executor.Classify(samples));
        Assert.Equal(expected, images.Select(image => executor.Class(image)));
        Assert.Equal(expected.Count(answer => answer != 0) / 37.0, IntegerExecutor.Error(network, samples));
    }

    /// <summary>The largest accumulators meet every multiplier and shift: the lane forms must saturate where the definition does.</summary>
    [Fact]
    public void RequantisationIsExactAtTheExtremes()
    {
        var random = new SeededRandom(6);
        OperatorGraph graph = OperatorGraph.From(Architecture.Chain("extreme", new Shape(1, 1, 4), 2, new Conv2D(4, 1, 1), new Dense(2)));
        byte[][] images = RandomImages.Draw(graph.Input, 16, random);
        for (int shift = 1; shift <= 46; shift++)
        for (int round = 0; round < 8; round++)
        {
            int zeroPoint = random.Next(256), inputZeroPoint = random.Next(256);
            int[] multipliers = [32767, random.Next(32768), 1, random.Next(2)];
            int[] biases = [.. multipliers.Select(_ => (int)((random.NextDouble() - 0.5) * Math.ScaleB(1.9, random.Next(8, 32))))];
            sbyte[] weights = [.. Enumerable.Range(0, 16).Select(_ => (sbyte)random.Next(-127, 128))];
            var network = new QuantizedNetwork(graph, new TensorFormat(8, 1, inputZeroPoint), [
                new QuantizedKernel(
                    graph.Operators[0], new TensorFormat(8, 1, zeroPoint), new IntegerKernel([.. weights], 8, [.. biases], inputZeroPoint),
                    new Requantization([.. multipliers], shift, zeroPoint, random.Next(10), 255)),
                new QuantizedKernel(
                    graph.Operators[1], new TensorFormat(32, 1, 0), new IntegerKernel([1, 2, 3, 4, 5, 6, 7, 8], 8, [0, 0], zeroPoint),
                    null)]);
            foreach (IntegerInstructions instructions in SupportedInstructions.All)
                CompareOne(network, images, instructions, $"shift {shift}");
        }
    }

    [Fact]
    public void WrongShapesAreRefusedWithBoth()
    {
        QuantizedNetwork network = RandomQuantizedNetworks.Draw(
            Architecture.Chain("net", new Shape(8, 8, 1), 4, new Conv2D(3, 3, 3), new Dense(4)), new SeededRandom(3));
        IntegerExecutor executor = IntegerExecutor.For(network);
        Assert.Contains("8x8x1 has 64 bytes", Assert.Throws<ArgumentException>(() => executor.Class(new byte[63])).Message);
        var samples = new Samples(new Shape(4, 4, 4), 4, new byte[64], new byte[1]);
        string message = Assert.Throws<ArgumentException>(() => executor.Classify(samples)).Message;
        Assert.Contains("reads 8x8x1, but the samples are 4x4x4", message);
    }

    private static void Compare(ulong firstSeed, ulong count)
    {
        for (ulong seed = firstSeed; seed < firstSeed + count; seed++)
        {
            var random = new SeededRandom(seed, 2);
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(random, seed % 2 == 0 ? null : RandomQuantization.AllWidths);
            byte[][] images = RandomImages.Draw(network.Graph.Input, (int)(seed % 16) + 1, random);
            foreach (IntegerInstructions instructions in SupportedInstructions.All)
                CompareOne(network, images, instructions, $"seed {seed}");
        }
    }

    private static void CompareOne(QuantizedNetwork network, byte[][] images, IntegerInstructions instructions, string place)
    {
        OperatorOutputs[] actual = IntegerExecutor.For(network, instructions).OutputsOfBlock([.. images.SelectMany(image => image)]);
        for (int image = 0; image < images.Length; image++)
        {
            OperatorOutputs expected = NaiveIntegerExecutor.Run(network, images[image]);
            for (int index = 0; index < expected.Activations.Length; index++)
            {
                Assert.True(
                    expected.Activations[index].AsSpan().SequenceEqual(actual[image].Activations[index]),
                    $"{place}, {instructions}, image {image}: operator {index} ({network.Operators[index].Operator.Name}) differs");
            }

            Assert.Equal(expected.Logits, actual[image].Logits);
        }
    }
}
