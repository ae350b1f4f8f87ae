using SparseNas.Networks;
using SparseNas.Quantization.AwareTraining;
using SparseNas.Quantization.Execution;
using SparseNas.Testing.Networks;
using SparseNas.Training;
using SparseNas.Training.Data;
using SparseNas.Training.Data.Glyphs;

namespace SparseNas.Quantization.Tests;

/// <summary>Training for few bits must beat calibration alone, and what was trained must be what the integers compute.</summary>
public class QuantizationAwareTrainingTests
{
    private static readonly Architecture Net = Architecture.Chain(
        "small", GlyphsDataset.Shape, 10,
        new Conv2D(8, 3, 3, 2, HasBias: false), new BatchNorm(), new Relu(), new MaxPool(2, 2, 2),
        new Conv2D(12, 3, 3, HasBias: false), new BatchNorm(), new Relu(), new Dense(10));

    private static readonly TrainingOptions Float = new() { Epochs = 6, LearningRate = 0.1f };

    [Fact]
    public void FewBitsAreLearnedNotOnlyCalibrated()
    {
        Dataset glyphs = GlyphsDataset.Create(1600, 10);
        (Samples train, Samples validation) = glyphs.Train.SplitStratified(0.25, new SeededRandom(1));
        TrainedNetwork trained = Trainer.Train(Net, train, validation, glyphs.Encoding, Float, seed: 1);
        var options = new QuantizationOptions { WeightBits = WeightWidth.Ternary, ActivationBits = 4 };
        double calibrated = IntegerExecutor.Error(Quantizer.Quantize(trained.Network, train, glyphs.Encoding, options), validation);
        QuantizationAwareResult aware = QuantizationAwareTraining.Train(
            trained.Network, train, validation, glyphs.Encoding, Float with { Epochs = 4, LearningRate = 0.03f }, options, seed: 1);
        double learned = IntegerExecutor.Error(aware.Integers, validation);
        Assert.True(learned < 0.7 * calibrated, $"calibrated {calibrated:P1}, learned {learned:P1}");
        WeightsLieOnTernaryGrids(aware);
    }

    /// <summary>Every layer kind, branches and means included, trains on grids and converts; pruned weights stay pruned.</summary>
    [Fact]
    public void AnyArchitectureTrainsForFewBits()
    {
        for (ulong seed = 0; seed < 25; seed++)
        {
            var random = new SeededRandom(seed, 11);
            Architecture architecture = RandomArchitectures.Draw(random);
            Network start = RandomNetworks.Draw(architecture, random, sparsity: 0.3);
            byte[][] images = RandomImages.Draw(architecture.Input, 40, random);
            byte[] labels = [.. images.Select(_ => (byte)random.Next(architecture.Classes))];
            var samples = new Samples(architecture.Input, architecture.Classes, [.. images.SelectMany(image => image)], labels);
            var options = new QuantizationOptions { WeightBits = 3, ActivationBits = 5 };
            QuantizationAwareResult result = QuantizationAwareTraining.Train(
                start, samples, samples, InputEncoding.UnitRange, new TrainingOptions { Epochs = 2, LearningRate = 0.001f }, options, seed);
            Assert.Equal(TrainingStatus.Completed, result.Trained.Status);
            foreach (QuantizedKernel op in result.Integers.Operators.OfType<QuantizedKernel>())
            {
                if (start.Layers[op.Operator.NodeIndex] is not KernelWeights { Mask.IsEmpty: false } kernel) continue;
                Assert.All(kernel.Mask.Zip(op.Kernel.Weights), pair => Assert.True(pair.First || pair.Second == 0));
            }
        }
    }

    [Fact]
    public void AHookMayHoldWeightsAtZero()
    {
        Dataset glyphs = GlyphsDataset.Create(200, 10);
        Network start = RandomNetworks.Draw(Net, new SeededRandom(3));
        QuantizationAwareResult result = QuantizationAwareTraining.Train(
            start, glyphs.Train, glyphs.Train, glyphs.Encoding, Float with { Epochs = 1 }, new QuantizationOptions { WeightBits = 4 }, seed: 1,
            hook: new EveryOtherWeight());
        foreach (QuantizedKernel op in result.Integers.Operators.OfType<QuantizedKernel>())
        {
            Assert.All(op.Kernel.Weights.Where((_, index) => index % 2 == 1), weight => Assert.Equal(0, weight));
            Assert.Contains(op.Kernel.Weights, weight => weight != 0);
        }
    }

    private sealed class EveryOtherWeight : ITrainingHook
    {
        public void AfterStep(int step, int totalSteps, ITrainableWeights weights)
        {
            if (step > 0) return;
            foreach (int node in weights.KernelNodes)
            {
                int count = ParameterCount.Of(Net, node).Weights;
                weights.SetMask(node, [.. Enumerable.Range(0, count).Select(index => index % 2 == 0)]);
            }
        }
    }

    /// <summary>Every channel holds −s, 0 and s alone, and the integers are the signs.</summary>
    private static void WeightsLieOnTernaryGrids(QuantizationAwareResult result)
    {
        foreach (QuantizedKernel op in result.Integers.Operators.OfType<QuantizedKernel>())
        {
            KernelWeights weights = result.Trained.Network.Kernel(op.Operator.NodeIndex);
            int grids = op.Requantization is null ? 1 : op.Operator.Output.Channels, perGrid = weights.Weights.Length / grids;
            for (int grid = 0; grid < grids; grid++)
            {
                float[] magnitudes = [.. weights.Weights.Skip(grid * perGrid).Take(perGrid).Select(MathF.Abs).Where(w => w > 0).Distinct()];
                Assert.InRange(magnitudes.Length, 0, 1);
            }

            bool[] alive = [.. weights.Weights.Select(weight => weight != 0)];
            Assert.Equal(alive, op.Kernel.Weights.Select(weight => weight != 0));
        }
    }
}
