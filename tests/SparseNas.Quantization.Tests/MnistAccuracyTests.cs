using SparseNas.Networks;
using SparseNas.Quantization.AwareTraining;
using SparseNas.Quantization.Execution;
using SparseNas.Training;
using SparseNas.Training.Data;
using Xunit.Abstractions;

namespace SparseNas.Quantization.Tests;

/// <summary>
/// What quantisation costs on MNIST: three convolutions, below 4,000 parameters, test error of the integers against the float network's,
/// mean over seeds. The environment variable SPARSENAS_SEEDS sets their number (default 5).
/// </summary>
public class MnistAccuracyTests(ITestOutputHelper output)
{
    /// <summary>Widths, epochs of further training (0: calibration alone) and the points that may be lost.</summary>
    private sealed record Row(string Name, QuantizationOptions Options, int Epochs, double AllowedPoints);

    private static readonly Row[] Rows =
    [
        new("8-bit weights, 8-bit activations", new QuantizationOptions(), 0, 0.1),
        new("4-bit weights, 8-bit activations", new QuantizationOptions { WeightBits = 4 }, 8, 0.2),
        new("4-bit weights, 4-bit activations", new QuantizationOptions { WeightBits = 4, ActivationBits = 4 }, 8, 0.4),
        new("ternary weights, 8-bit activations", new QuantizationOptions { WeightBits = WeightWidth.Ternary }, 12, 1.0),
    ];

    private static Architecture Net { get; } = Architecture.Chain(
        "mnist_3conv", new Shape(28, 28, 1), 10,
        new Conv2D(8, 3, 3, HasBias: false), new BatchNorm(), new Relu(), new MaxPool(2, 2, 2),
        new Conv2D(14, 3, 3, HasBias: false), new BatchNorm(), new Relu(), new MaxPool(2, 2, 2),
        new Conv2D(12, 3, 3, HasBias: false), new BatchNorm(), new Relu(), new Dense(10));

    private static TrainingOptions Float { get; } = new()
    {
        Epochs = 20, LearningRate = 0.1f, BatchSize = 64, WeightDecay = 1e-4f,
        Augmentation = new Augmentation(ShiftPixels: 1, RotateDegrees: 7),
    };

    [DataFact("mnist")]
    [Trait("Category", "Exhaustive")]
    public void FewBitsLoseFewPoints()
    {
        int seeds = int.TryParse(Environment.GetEnvironmentVariable("SPARSENAS_SEEDS"), out int wished) ? wished : 5;
        Dataset mnist = DatasetCatalog.Load("mnist", SharedFiles.DataFolder);
        Samples test = mnist.Test.Value;
        double accuracy = 0;
        var lost = new double[Rows.Length];
        for (ulong seed = 1; seed <= (ulong)seeds; seed++)
        {
            (Samples train, Samples validation) = mnist.Train.SplitStratified(0.05, new SeededRandom(seed, 3));
            Network network = Trainer.Train(Net, train, validation, mnist.Encoding, Float, seed).Network;
            double error = FloatInference.Error(network, test, mnist.Encoding);
            accuracy += 100 * (1 - error) / seeds;
            output.WriteLine($"seed {seed}: float {100 * (1 - error):F2} %");
            for (int row = 0; row < Rows.Length; row++)
            {
                (_, QuantizationOptions options, int epochs, _) = Rows[row];
                TrainingOptions further = Float with { Epochs = epochs, LearningRate = 0.02f };
                QuantizedNetwork integers = epochs == 0
                    ? Quantizer.Quantize(network, train, mnist.Encoding, options)
                    : QuantizationAwareTraining.Train(network, train, validation, mnist.Encoding, further, options, seed).Integers;
                double points = 100 * (IntegerExecutor.Error(integers, test) - error);
                lost[row] += points / seeds;
                output.WriteLine($"seed {seed}: {Rows[row].Name}: {points:F2} points lost, {PackedSize.Of(integers).ParameterBytes} bytes");
            }
        }

        output.WriteLine($"mean of {seeds}: float {accuracy:F2} %");
        for (int row = 0; row < Rows.Length; row++) output.WriteLine($"mean of {seeds}: {Rows[row].Name}: {lost[row]:F3} points lost");
        Assert.True(Net.Nodes.Select((_, index) => ParameterCount.Of(Net, index))
            .Sum(count => count.Weights + count.Biases + count.BatchNormChannels) <= 4000);
        Assert.InRange(accuracy, 98.9, 100);
        Assert.All(Rows, (row, index) => Assert.True(lost[index] <= row.AllowedPoints, $"{row.Name}: {lost[index]:F3} points lost"));
    }
}
