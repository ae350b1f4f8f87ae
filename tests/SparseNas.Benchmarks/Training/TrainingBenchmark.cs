using System.Globalization;
using SparseNas.Networks;
using SparseNas.Testing;
using SparseNas.Training;

namespace SparseNas.Benchmarks.Training;

/// <summary>
/// Images per second of processor time in training (encoding, forward, backward and SGD step at batch 64) and inference, for one trial and for one
/// trial per core. Processor time, so that other work on the machine shows only through the caches it shares.
/// Options: <c>--nets AB</c>, <c>--rounds N</c>; instead of the comparison <c>--profile</c> (time per layer), <c>--augmentation</c> (its cost) or
/// <c>--scaling</c> (two trials against one).
/// </summary>
internal static class TrainingBenchmark
{
    private const double RoundSeconds = 0.3;
    private const int ScalingSlices = 100;

    public static void Run(string[] args)
    {
        Console.WriteLine($"instructions {EngineInstructions.Current}, cores {Environment.ProcessorCount}, batch {TrainingTrial.BatchSize}");
        WarmUp();
        var nets = ReferenceNets.All.Where(net => !args.Contains("--nets") || Value(args, "--nets").Contains(net.Name)).ToArray();
        Action<string, Architecture>? alone = args.Contains("--profile") ? StepProfile.OfLayers
            : args.Contains("--augmentation") ? StepProfile.OfAugmentation
            : args.Contains("--scaling") ? (name, architecture) => ScalingBenchmark.Run(name, architecture, ScalingSlices) : null;
        if (alone is not null)
        {
            foreach ((string name, Architecture architecture) in nets) alone(name, architecture);
            return;
        }

        int rounds = args.Contains("--rounds") ? int.Parse(Value(args, "--rounds"), CultureInfo.InvariantCulture) : 5;
        foreach (int trials in new[] { 1, Environment.ProcessorCount }.Distinct())
        {
            PythonPeer?[] peers = [.. Enumerable.Range(0, trials).Select(_ => PythonPeer.Start("torch_peer.py"))];
            Console.WriteLine($"{trials} trial(s), peer {(peers[0] is { } peer ? $"PyTorch {peer.Version}" : "not installed")}; min / median / max");
            foreach ((string name, Architecture architecture) in nets)
            {
                var trainers = Enumerable.Range(0, trials).Select(_ => new TrainingTrial(architecture)).ToArray();
                var inferences = Enumerable.Range(0, trials).Select(_ => new InferenceTrial(architecture)).ToArray();
                Report($"{name} training ", rounds, [.. trainers.Select(trial => (Action)trial.TrainBatch)], TrainingTrial.BatchSize, peers, "PyTorch", name, "train");
                Report($"{name} inference", rounds, [.. inferences.Select(trial => (Action)trial.Run)], RandomSamples.Count, peers, "PyTorch", name, "infer");
                Console.WriteLine($"{name} arena     {trainers[0].ArenaBytes / 1e6:F2} MB");
                foreach (TrainingTrial trial in trainers) trial.Dispose();
                foreach (InferenceTrial trial in inferences) trial.Dispose();
            }

            foreach (PythonPeer? one in peers) one?.Dispose();
        }

        BesideNumPy(rounds);
    }

    /// <summary>The networks of courses, written in NumPy alone: what there was to start from.</summary>
    private static void BesideNumPy(int rounds)
    {
        using PythonPeer? peer = PythonPeer.Start("numpy_peer.py");
        Console.WriteLine($"1 trial, peer {(peer is null ? "not installed" : $"NumPy {peer.Version}")}; min / median / max");
        foreach ((string row, string net) in new[] { ("A-loops", "A"), ("B-naive", "B"), ("B-strides", "B") })
        {
            using var trial = new TrainingTrial(ReferenceNets.All.Single(known => known.Name == net).Architecture);
            Report(row, rounds, [trial.TrainBatch], TrainingTrial.BatchSize, [peer], "NumPy", row, "train");
        }
    }

    private static string Value(string[] args, string option) => args.SkipWhile(arg => arg != option).ElementAt(1);

    /// <summary>Rounds of SparseNas and the peer in turn; the first of each warms up.</summary>
    private static void Report(string title, int rounds, Action[] works, int images, PythonPeer?[] peers, string rival, string net, string mode)
    {
        List<double> own = [], theirs = [], ratios = [];
        for (int round = -1; round < rounds; round++)
        {
            double mine = Together(works.Length, trial => Rate(works[trial], images));
            double other = peers[0] is null ? double.NaN : Together(works.Length, trial => peers[trial]!.Rate(net, mode, RoundSeconds));
            if (round < 0) continue;
            own.Add(mine);
            theirs.Add(other);
            ratios.Add(mine / other);
        }

        Console.WriteLine($"{title} SparseNas {Spread(own, "N0"),-33} {rival} {Spread(theirs, "N0"),-30} ratio {Spread(ratios, "F2")}");
    }

    private static string Spread(List<double> values, string format)
    {
        if (values.Any(double.IsNaN)) return "-";
        double[] sorted = [.. values.Order()];
        return $"{sorted[0].ToString(format)} / {sorted[sorted.Length / 2].ToString(format)} / {sorted[^1].ToString(format)}";
    }

    /// <summary>The sum over trials that run side by side, one thread each.</summary>
    private static double Together(int trials, Func<int, double> rate)
    {
        var rates = new double[trials];
        Thread[] threads = [.. Enumerable.Range(0, trials).Select(trial => new Thread(() => rates[trial] = rate(trial)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        return rates.Sum();
    }

    /// <summary>Lets the JIT finish with what all networks share.</summary>
    private static void WarmUp()
    {
        foreach ((_, Architecture architecture) in ReferenceNets.All)
        {
            using TrainingTrial trial = new(architecture), changing = new(architecture, new Augmentation(1, 5, true) { CutoutPixels = 4 });
            using var moving = new TrainingTrial(architecture, new Augmentation(1, 0, true));
            for (int i = 0; i < 60; i++)
            {
                trial.TrainBatch();
                changing.Feed();
                moving.Feed();
            }
        }

        Thread.Sleep(500);
    }

    private static double Rate(Action run, int images)
    {
        double start = ThreadClock.Microseconds, spent = 0;
        for (long done = 0; ;)
        {
            run();
            done += images;
            spent = ThreadClock.Microseconds - start;
            if (spent > RoundSeconds * 1e6) return done * 1e6 / spent;
        }
    }
}
