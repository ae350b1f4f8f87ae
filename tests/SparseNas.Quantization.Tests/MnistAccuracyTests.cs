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
        var runs = new (double Error, double[] Points)[seeds];
        Parallel.For(0, seeds, index => runs[index] = Run(mnist, test, (ulong)index + 1));
        double accuracy = runs.Average(run => 100 * (1 - run.Error));
        double[] lost = [.. Rows.Select((_, row) => runs.Average(run => run.Points[row]))];
        for (int seed = 1; seed <= seeds; seed++)
        {
            (double error, double[] points) = runs[seed - 1];
            output.WriteLine($"seed {seed}: float {100 * (1 - error):F2} %, points lost {string.Join(", ", points.Select(value => value.ToString("F2")))}");
        }

        output.WriteLine($"mean of {seeds}: float {accuracy:F2} %");
        for (int row = 0; row < Rows.Length; row++) output.WriteLine($"mean of {seeds}: {Rows[row].Name}: {lost[row]:F3} points lost");
        Assert.True(Net.Nodes.Select((_, index) => ParameterCount.Of(Net, index))
            .Sum(count => count.Weights + count.Biases + count.BatchNormChannels) <= 4000);
        Assert.InRange(accuracy, 98.9, 100);
        Assert.All(Rows, (row, index) => Assert.True(lost[index] <= row.AllowedPoints, $"{row.Name}: {lost[index]:F3} points lost"));
    }

    /// <summary>One seed: the float network's test error, and the points that each row's integers lose.</summary>
    private static (double Error, double[] Points) Run(Dataset mnist, Samples test, ulong seed)
    {
        (Samples train, Samples validation) = mnist.Train.SplitStratified(0.05, new SeededRandom(seed, 3));
        Network network = Trainer.Train(Net, train, validation, mnist.Encoding, Float, seed).Network;
        double error = FloatInference.Error(network, test, mnist.Encoding);
        return (error, [.. Rows.Select(row => 100 * (IntegerExecutor.Error(Integers(row, network, mnist, train, validation, seed), test) - error))]);
    }

    private static QuantizedNetwork Integers(Row row, Network network, Dataset mnist, Samples train, Samples validation, ulong seed) => row.Epochs == 0
        ? Quantizer.Quantize(network, train, mnist.Encoding, row.Options)
        : QuantizationAwareTraining.Train(
            network, train, validation, mnist.Encoding, Float with { Epochs = row.Epochs, LearningRate = 0.02f }, row.Options, seed).Integers;
}
