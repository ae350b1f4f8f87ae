using System.Globalization;
using SparseNas.Networks;
using SparseNas.Pruning;
using SparseNas.Training;
using SparseNas.Training.Data;

namespace SparseNas.Benchmarks.Pruning;

/// <summary>
/// All methods over their strength on one network of three convolutions and MNIST: error against packed weight bytes and against the planned
/// arena, as a table on the console and as one SVG. Usage: <c>pruning-sweep DATA-FOLDER OUT.svg [EPOCHS] [SAMPLES] [METHOD]</c>.
/// </summary>
internal static class PruningSweep
{
    private const int Bits = 8;

    private static readonly Architecture Net = Architecture.Chain("three-convolutions", new Shape(28, 28, 1), 10,
        new Conv2D(16, 3, 3, 2), new Relu(), new Conv2D(24, 3, 3, 1), new Relu(), new MaxPool(2, 2, 2), new Conv2D(32, 3, 3), new Relu(), new Dense(10));

    public static void Run(string[] args)
    {
        if (args.Length < 2)
        {
            Console.Error.WriteLine("usage: pruning-sweep DATA-FOLDER OUT.svg [EPOCHS] [SAMPLES] [METHOD]");
            return;
        }

        Dataset mnist = DatasetCatalog.Load("mnist", args[0]);
        int epochs = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 10;
        Samples train = mnist.Train.Take(args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : mnist.Train.Count);
        var options = new TrainingOptions { Epochs = epochs, LearningRate = 0.05f };
        string wanted = args.Length > 4 ? args[4] : "";
        Console.WriteLine("method               strength   test error   weights living   weight bytes   arena bytes");
        List<SweepPoint> points = [];
        foreach ((string method, double strength, PruningOptions pruning) in Cases().Where(one => one.Method.Contains(wanted, StringComparison.OrdinalIgnoreCase)))
        {
            TrainedNetwork trained = Trainer.Train(Net, train, mnist.Train.Take(100), mnist.Encoding, options, 1,
                hook: PruningOptions.HookFor(pruning, new(Net, train.Count, 1)));
            Network compact = Compaction.Compact(trained.Network);
            SparsityReport report = SparsityReport.Of(compact, Bits);
            var point = new SweepPoint(method, strength, FloatInference.Error(compact, mnist.Test.Value, mnist.Encoding), report.WeightBytes,
                report.ArenaBytes, RemovesChannels(pruning));
            points.Add(point);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{method,-20}{strength,9}{point.TestError,13:P2}{report.Operators.Sum(op => op.NonZero),17}{point.WeightBytes,15}{point.ArenaBytes,14}"));
        }

        AtomicFile.Write(args[1], stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(SweepPlot.Svg(points))));
    }

    private static bool RemovesChannels(PruningOptions options) => options switch
    {
        MagnitudePruning magnitude => magnitude.Granularity == PruningGranularity.Channel,
        DynamicPruning dynamic => dynamic.Granularity == PruningGranularity.Channel,
        BayesianCompression or BudgetPruning => true,
        _ => false,
    };

    private static IEnumerable<(string Method, double Strength, PruningOptions Options)> Cases()
    {
        yield return ("none", 0, PruningOptions.None);
        foreach (PruningGranularity granularity in Enum.GetValues<PruningGranularity>())
        {
            string kind = granularity.ToString().ToLowerInvariant();
            foreach (double sparsity in granularity == PruningGranularity.Weight ? (double[])[0.5, 0.75, 0.9, 0.95] : [0.25, 0.5, 0.65, 0.8])
            {
                yield return ($"magnitude {kind}", sparsity, new MagnitudePruning { Sparsity = sparsity, Granularity = granularity });
                yield return ($"dynamic {kind}", sparsity, new DynamicPruning { Sparsity = sparsity, Granularity = granularity });
            }
        }

        foreach (float strength in (float[])[1, 4, 12])
        {
            var single = new VariationalOptions { KlWeight = strength, VarianceLearningRate = 0.02f, End = 0.7 };
            yield return ("variational dropout", strength, new SparseVariationalDropout { Variational = single });
        }

        foreach (float strength in (float[])[0.5f, 2, 8])
        {
            // Few steps: the factors of groups must travel fast, and the threshold is where their scores part.
            var groups = new VariationalOptions
            {
                LearningRate = 4e-3f, VarianceLearningRate = 0.1f, StartLogVariance = -9, KlWeight = strength, End = 0.7,
            };
            yield return ("Bayesian groups", strength, new BayesianCompression { Variational = groups, Threshold = -3 });
            yield return ("horseshoe groups", strength, BayesianCompression.WithHorseshoe with { Variational = groups, Threshold = 1 });
        }

        foreach ((int arenaBytes, int weightBytes) in ((int, int)[])[(1300, 6000), (900, 3000), (600, 1500)])
        {
            yield return ("budget", weightBytes, new BudgetPruning { ArenaBytes = arenaBytes, WeightBytes = weightBytes, WeightBits = Bits });
        }
    }
}
