using System.Diagnostics;
using System.Globalization;
using SparseNas.Benchmarks.Training;
using SparseNas.Networks;
using SparseNas.Pruning;
using SparseNas.Training;
using SparseNas.Training.Data;

namespace SparseNas.Benchmarks.Pruning;

/// <summary>
/// What a pruning method adds to a training step: an epoch with its hook over an epoch without, interleaved round by round on one core,
/// reference nets B and C, batch 64. Usage: <c>pruning [ROUNDS]</c>.
/// </summary>
internal static class PruningBenchmark
{
    private const int Batches = 60;

    private static readonly (string Name, PruningOptions Options)[] Methods =
    [
        ("magnitude weight", new MagnitudePruning { Sparsity = 0.9 }),
        ("magnitude channel", new MagnitudePruning { Sparsity = 0.5, Granularity = PruningGranularity.Channel }),
        ("dynamic weight", new DynamicPruning { Sparsity = 0.9 }),
        ("dynamic channel", new DynamicPruning { Sparsity = 0.5, Granularity = PruningGranularity.Channel }),
        ("variational dropout", new SparseVariationalDropout { Variational = new() { End = 1 } }),
        ("Bayesian compression", new BayesianCompression { Variational = new() { End = 1 } }),
    ];

    public static void Run(string[] args)
    {
        int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 9;
        Console.WriteLine("net  method                  time over plain: min  median  max");
        foreach ((string name, Architecture net) in ReferenceNets.All.Where(net => net.Name is "B" or "C")) Measure(name, net, rounds);
    }

    private static void Measure(string name, Architecture net, int rounds)
    {
        var random = new SeededRandom(1);
        int count = Batches * 64;
        byte[] pixels = [.. Enumerable.Range(0, count * net.Input.Elements).Select(_ => (byte)random.Next(256))];
        byte[] labels = [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(net.Classes))];
        var samples = new Samples(net.Input, net.Classes, pixels, labels);
        var ratios = Methods.ToDictionary(method => method.Name, _ => new List<double>());
        Seconds(net, samples, PruningOptions.None);
        for (int round = 0; round < rounds; round++)
        {
            double plain = Seconds(net, samples, PruningOptions.None);
            foreach ((string method, PruningOptions options) in Methods) ratios[method].Add(Seconds(net, samples, options) / plain);
        }

        foreach ((string method, List<double> values) in ratios)
        {
            values.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-5}{method,-24}{values[0],21:F2}{values[rounds / 2],8:F2}{values[^1],6:F2}"));
        }
    }

    private static double Seconds(Architecture net, Samples samples, PruningOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        Trainer.Train(net, samples, samples.Take(1), InputEncoding.UnitRange, new TrainingOptions { Epochs = 1 }, 1,
            hook: PruningOptions.HookFor(options, new(net, samples.Count, 1)));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
