using System.Globalization;
using SparseNas.Benchmarks.Training;
using SparseNas.Networks;
using SparseNas.Pruning;
using SparseNas.Testing;
using SparseNas.Training.Data;
using SparseNas.Training;

namespace SparseNas.Benchmarks.Pruning;

/// <summary>
/// What a pruning method adds to a training step: processor time of steps with its hook over steps without, interleaved round by round on one
/// core, reference nets B and C, batch 64; preparation and the first steps are left out. Usage: <c>pruning [ROUNDS] [METHOD]</c>.
/// </summary>
internal static class PruningBenchmark
{
    private const int BatchSize = 64, Batches = 40, WarmUpBatches = 8;

    private static readonly (string Name, PruningOptions Options)[] Methods =
    [
        ("magnitude weight", new MagnitudePruning { Sparsity = 0.9 }),
        ("magnitude channel", new MagnitudePruning { Sparsity = 0.5, Granularity = PruningGranularity.Channel }),
        ("dynamic weight", new DynamicPruning { Sparsity = 0.9 }),
        ("dynamic channel", new DynamicPruning { Sparsity = 0.5, Granularity = PruningGranularity.Channel }),
        ("variational dropout", new SparseVariationalDropout { Variational = new() { End = 1 } }),
        ("Bayesian compression", new BayesianCompression { Variational = new() { End = 1 } }),
        ("Bayesian, horseshoe", new BayesianCompression { Prior = GroupPrior.Horseshoe, Variational = new() { End = 1 } }),
    ];

    public static void Run(string[] args)
    {
        int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 9;
        string wanted = args.Length > 1 ? args[1] : "";
        Console.WriteLine($"{EngineInstructions.Current}; net  method                  time over plain: min  median  max");
        foreach ((string name, Architecture net) in ReferenceNets.All.Where(net => net.Name is "B" or "C"))
        {
            Measure(name, net, rounds, [.. Methods.Where(method => method.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase))]);
        }
    }

    private static void Measure(string name, Architecture net, int rounds, (string Name, PruningOptions Options)[] methods)
    {
        var random = new SeededRandom(1);
        int count = Batches * BatchSize;
        byte[] pixels = [.. Enumerable.Range(0, count * net.Input.Elements).Select(_ => (byte)random.Next(256))];
        byte[] labels = [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(net.Classes))];
        var samples = new Samples(net.Input, net.Classes, pixels, labels);
        var ratios = methods.ToDictionary(method => method.Name, _ => new List<double>());
        foreach ((_, PruningOptions options) in methods) Seconds(net, samples, options);
        for (int round = 0; round < rounds; round++)
        {
            foreach ((string method, PruningOptions options) in methods)
            {
                double before = Seconds(net, samples, PruningOptions.None), own = Seconds(net, samples, options);
                ratios[method].Add(own / ((before + Seconds(net, samples, PruningOptions.None)) / 2));
            }
        }

        foreach ((string method, List<double> values) in ratios)
        {
            values.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-5}{method,-24}{values[0],21:F2}{values[rounds / 2],8:F2}{values[^1],6:F2}"));
        }
    }

    private static double Seconds(Architecture net, Samples samples, PruningOptions options)
    {
        var watch = new StepWatch(PruningOptions.HookFor(options, new(net, samples.Count, 1)));
        Trainer.Train(net, samples, samples.Take(1), InputEncoding.UnitRange, new TrainingOptions { Epochs = 1, BatchSize = BatchSize }, 1, hook: watch);
        return watch.Seconds;
    }

    /// <summary>Takes the time from the end of the warm-up to the end of the last step, hook included.</summary>
    private sealed class StepWatch(ITrainingHook? inner) : ITrainingHook
    {
        private double start;

        public double Seconds { get; private set; }

        public NoiseKind Noise => inner?.Noise ?? NoiseKind.None;

        public void AfterStep(int step, int totalSteps, ITrainableWeights weights)
        {
            inner?.AfterStep(step, totalSteps, weights);
            if (step == WarmUpBatches) start = ThreadClock.Microseconds;
            if (step == totalSteps) Seconds = (ThreadClock.Microseconds - start) / 1e6;
        }
    }
}
