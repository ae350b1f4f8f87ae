using System.Diagnostics;
using SparseNas.Networks;
using SparseNas.Training;
using SparseNas.Training.Data;
using SparseNas.Training.Engine;
using SparseNas.Training.Engine.Steps;
using PlanOptions = SparseNas.Training.Engine.PlanOptions;

namespace SparseNas.Benchmarks.Training;

/// <summary>
/// Images per second of processor time in training (encoding, forward, backward and SGD step at batch 64) and inference, for one trial and for one
/// trial per core. Processor time, so that other work on the machine shows only through the caches it shares.
/// Options: <c>--rounds N</c>, <c>--profile</c> (time per layer instead), <c>--augmentation</c> (its cost instead).
/// </summary>
internal static class TrainingBenchmark
{
    private const int BatchSize = 64;
    private const int Samples = 1024;
    private const double RoundSeconds = 0.3;

    public static void Run(string[] args)
    {
        Console.WriteLine($"instructions {EngineInstructions.Current}, cores {Environment.ProcessorCount}, batch {BatchSize}");
        WarmUp();
        if (args.Contains("--profile"))
        {
            foreach ((string name, Architecture architecture) in ReferenceNets.All) Profile(name, architecture);
            return;
        }

        if (args.Contains("--augmentation"))
        {
            foreach ((string name, Architecture architecture) in ReferenceNets.All) Augment(name, architecture);
            return;
        }

        int rounds = args.SkipWhile(arg => arg != "--rounds").Skip(1).Select(int.Parse).FirstOrDefault(5);
        string script = Path.Combine(AppContext.BaseDirectory, "Training", "peer.py");
        foreach (int trials in new[] { 1, Environment.ProcessorCount }.Distinct())
        {
            TorchPeer?[] peers = [.. Enumerable.Range(0, trials).Select(_ => TorchPeer.Start(script))];
            Console.WriteLine($"{trials} trial(s), peer {(peers[0] is { } peer ? $"PyTorch {peer.Version}" : "not installed")}; min / median / max");
            foreach ((string name, Architecture architecture) in ReferenceNets.All)
            {
                var trainers = Enumerable.Range(0, trials).Select(_ => new Trial(architecture)).ToArray();
                var inferences = Enumerable.Range(0, trials).Select(_ => new InferenceTrial(architecture)).ToArray();
                Report($"{name} training ", rounds, [.. trainers.Select(trial => (Action)trial.TrainBatch)], BatchSize, peers, name, "train");
                Report($"{name} inference", rounds, [.. inferences.Select(trial => (Action)trial.Run)], Samples, peers, name, "infer");
                Console.WriteLine($"{name} arena     {trainers[0].ArenaBytes / 1e6:F2} MB");
                foreach (Trial trial in trainers) trial.Dispose();
                foreach (InferenceTrial trial in inferences) trial.Dispose();
            }

            foreach (TorchPeer? one in peers) one?.Dispose();
        }
    }

    /// <summary>Rounds of SparseNas and the peer in turn; the first of each warms up.</summary>
    private static void Report(string title, int rounds, Action[] works, int images, TorchPeer?[] peers, string net, string mode)
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

        Console.WriteLine($"{title} SparseNas {Spread(own, "N0"),-33} PyTorch {Spread(theirs, "N0"),-30} ratio {Spread(ratios, "F2")}");
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
            using var trial = new Trial(architecture);
            for (int i = 0; i < 60; i++) trial.TrainBatch();
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

    /// <summary>What changing images adds to the time of a training step.</summary>
    private static void Augment(string name, Architecture architecture)
    {
        (string, Augmentation)[] kinds =
        [
            ("shift and flip", new Augmentation(2, 0, true)), ("cutout", new Augmentation { CutoutPixels = 8 }), ("rotate", new Augmentation(0, 10)),
            ("rotate, scale", new Augmentation(0, 10) { ScaleShare = 0.1f }), ("elastic", new Augmentation { ElasticPixels = 1 }),
        ];
        using var plain = new Trial(architecture);
        double step = Best(plain.TrainBatch), feed = Best(plain.Feed);
        Console.WriteLine($"{name}: step {step:F2} us per image, feeding {feed:F2} of it");
        foreach ((string kind, Augmentation augmentation) in kinds)
        {
            using var trial = new Trial(architecture, augmentation);
            double more = Best(trial.Feed) - feed;
            Console.WriteLine($"   {kind,-15} {more:F2} us more, {more / step:P0} of the step");
        }
    }

    /// <summary>The least processor time per image of a batch, in microseconds.</summary>
    private static double Best(Action work)
    {
        for (int i = 0; i < 50; i++) work();
        double best = double.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            double start = ThreadClock.Microseconds;
            for (int i = 0; i < 40; i++) work();
            best = Math.Min(best, (ThreadClock.Microseconds - start) / 40 / BatchSize);
        }

        return best;
    }

    private static void Profile(string name, Architecture architecture)
    {
        double planning = ThreadClock.Microseconds;
        using var trial = new Trial(architecture);
        planning = ThreadClock.Microseconds - planning;
        for (int i = 0; i < 200; i++) trial.TrainBatch();
        const int Repeats = 200;
        double whole = ThreadClock.Microseconds;
        for (int i = 0; i < Repeats; i++) trial.TrainBatch();
        double perImage = (ThreadClock.Microseconds - whole) / Repeats / BatchSize;
        Console.WriteLine($"{name}: {1e6 / perImage:N0} images/s, {perImage:F3} us per image; feed {Best(trial.Feed):F3}, optimiser {Best(trial.Optimise):F3}; planning {planning / 1000:F1} ms");
        foreach (Step step in trial.Plan.Steps)
        {
            double forward = Best(() => Blocks(step.Forward)), backward = step.Output.NeedsGradient ? Best(() => Blocks(step.Backward)) : 0;
            Console.WriteLine($"   {step.GetType().Name,-16} {step.Output.Shape,-10} begin {Best(step.BeginBatch),7:F3} forward {forward,7:F3} backward {backward,7:F3}");
            if (step is ConvolutionStep convolution)
            {
                Console.WriteLine($"      weights {Best(() => Blocks(convolution.BackwardWeights)):F3} input {Best(() => Blocks(convolution.BackwardInput)):F3}");
            }

            if (step is not BatchNormStep norm) continue;
            Console.WriteLine($"      measure {Best(() => Blocks(norm.MeasureInput)):F3} propagate {Best(() => Blocks(norm.PropagateToInput)):F3}");
        }

        void Blocks(Action<int> work)
        {
            for (int block = 0; block < trial.Plan.Batch.Blocks; block++) work(block);
        }
    }

    private static Samples RandomSamples(Architecture architecture)
    {
        var random = new SeededRandom(1);
        var pixels = new byte[Samples * architecture.Input.Elements];
        foreach (ref byte pixel in pixels.AsSpan()) pixel = (byte)random.Next(256);
        var labels = new byte[Samples];
        foreach (ref byte label in labels.AsSpan()) label = (byte)random.Next(10);
        return new Samples(architecture.Input, architecture.Classes, pixels, labels);
    }

    private sealed class Trial : IDisposable
    {
        private readonly TrainingEngine engine;
        private readonly Optimizer optimizer;
        private readonly BatchFeeder feeder;
        private int batch;

        public Trial(Architecture architecture, Augmentation? augmentation = null)
        {
            var options = new TrainingOptions { BatchSize = BatchSize, Augmentation = augmentation ?? Augmentation.None };
            engine = new TrainingEngine(architecture, EngineInstructions.Current, new PlanOptions(BatchSize, Training: true));
            engine.Plan.Parameters.Import(NetworkInitialization.He(architecture, new SeededRandom(1)));
            optimizer = new Optimizer(options, engine.Plan.Parameters, engine.Plan.Kernels);
            feeder = new BatchFeeder(RandomSamples(architecture), InputEncoding.UnitRange, options, 1, engine);
            feeder.BeginEpoch(1);
        }

        public long ArenaBytes => engine.ArenaBytes;

        public NetworkPlan Plan => engine.Plan;

        public void TrainBatch()
        {
            Feed();
            engine.Step(BatchSize);
            Optimise();
        }

        public void Feed() => feeder.Fill(batch++ % feeder.Batches);

        public void Optimise() => optimizer.Step(1e-4f);

        public void Dispose() => engine.Dispose();
    }

    private sealed class InferenceTrial : IDisposable
    {
        private readonly InferenceEngine engine;
        private readonly Samples samples;

        public InferenceTrial(Architecture architecture)
        {
            samples = RandomSamples(architecture);
            engine = new InferenceEngine(
                FoldedNetwork.From(NetworkInitialization.He(architecture, new SeededRandom(1))), EngineInstructions.Current);
        }

        public void Run() => engine.Run(samples, InputEncoding.UnitRange, static (_, _) => { });

        public void Dispose() => engine.Dispose();
    }
}
