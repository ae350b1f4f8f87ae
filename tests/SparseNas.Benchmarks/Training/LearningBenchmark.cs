using System.Diagnostics;
using SparseNas.Networks;
using SparseNas.Testing;
using SparseNas.Training;
using SparseNas.Training.Data;

namespace SparseNas.Benchmarks.Training;

/// <summary>What networks from the literature reach on MNIST with this engine, and in what time. Options: names of rows.</summary>
internal static class LearningBenchmark
{
    private static readonly Shape Digit = new(28, 28, 1);
    private static readonly TrainingOptions Plain = new()
    {
        BatchSize = 1, Momentum = 0, WeightDecay = 0, LearningRate = 0.005f, Schedule = ScheduleKind.Constant, WarmUpEpochs = 0, Epochs = 3,
    };

    private static readonly Row[] Rows =
    [
        new("teaching-1000", Teaching(), Plain, 1_000, 0.78),
        new("teaching-60000", Teaching(), Plain with { LearningRate = 0.01f, Schedule = ScheduleKind.Cosine }, 60_000, 0.974),
        new("b-one-epoch", ReferenceNets.All[1].Architecture, Plain with { BatchSize = 64, LearningRate = 0.01f, Momentum = 0.9f, Epochs = 1 }, 60_000, 0.963),
        new("lenet", LeNet(), new TrainingOptions { Epochs = 15, LearningRate = 0.05f, Augmentation = new Augmentation(ShiftPixels: 1, RotateDegrees: 8) }, 60_000, 0.992),
    ];

    public static void Run(string[] args)
    {
        if (SharedFiles.DataFolder is not { } folder)
        {
            Console.WriteLine("MNIST is needed: set SPARSENAS_DATA.");
            return;
        }

        Dataset mnist = DatasetCatalog.Load("mnist", folder);
        var encoding = new InputEncoding(1f / 255f, 128);
        foreach (Row row in Rows.Where(row => args.Length == 0 || args.Contains(row.Name)))
        {
            long start = Stopwatch.GetTimestamp();
            double cpu = ThreadClock.Microseconds;
            TrainedNetwork trained = Trainer.Train(row.Architecture, mnist.Train.Take(row.Images), mnist.Test.Value, encoding, row.Options, seed: 1);
            Console.WriteLine(
                $"{row.Name,-16} test accuracy {1 - trained.ValidationError:F4} (wanted {row.Wanted}), "
                + $"{(ThreadClock.Microseconds - cpu) / 1e6:F1} s of processor time, {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
        }
    }

    private static Architecture Teaching() => Architecture.Chain("teaching", Digit, 10, new Conv2D(8, 3, 3), new MaxPool(2, 2, 2), new Dense(10));

    private static Architecture LeNet() => Architecture.Chain(
        "lenet", Digit, 10, new Conv2D(6, 5, 5, 1, Padding.Same), new Relu(), new MaxPool(2, 2, 2), new Conv2D(16, 5, 5), new Relu(),
        new MaxPool(2, 2, 2), new Dense(120), new Relu(), new Dense(84), new Relu(), new Dense(10));

    private sealed record Row(string Name, Architecture Architecture, TrainingOptions Options, int Images, double Wanted);
}
