using System.Diagnostics;
using System.Globalization;
using SparseNas.Networks;
using SparseNas.Quantization.Execution;
using SparseNas.Search;
using SparseNas.Training.Data;

namespace SparseNas.Benchmarks.Search;

/// <summary>
/// What each part of the search is worth, on real training: <c>search-ablation [SEEDS] [EPOCHS]</c>. Every arm may train the same number of epochs in all, over however
/// many trials it likes. At the end the front by validation error is judged by its hypervolume on test data, so that looking often at a noisy validation error does not pay.
/// </summary>
internal static class AblationBenchmark
{
    private const double WorstError = 0.5, LeastBytes = 100, MostBytes = 6144, LeastMacs = 1_000, MostMacs = 400_000;

    private const string Text = """
        {
          "name": "ablation", "seed": 1, "trials": 100000,
          "dataset": { "name": "glyphs", "validationFraction": 0.2, "trainingSamples": 1500 },
          "objectives": [ { "name": "validationError", "limit": 0.5 }, { "name": "parameterBytes", "limit": 6144 }, { "name": "macs", "limit": 400000 } ],
          "space": {
            "input": { "downsample": [1, 2] },
            "blocks": { "count": { "from": 1, "to": 4 }, "kinds": ["conv", "separable"], "kernels": [3, 5], "strides": [1, 2], "channels": [4, 6, 8, 12, 16], "pooling": ["none", "max2"] },
            "head": { "kinds": ["gap", "dense"] }
          },
          "training": { "epochs": 9, "batchSize": 32, "optimizer": "adam", "learningRate": { "from": 0.003, "to": 0.05, "scale": "log" }, "weightDecay": 0 },
          MORE
        }
        """;

    /// <summary>Stages for a budget of so many epochs: a third each for looking around, for training the front on, and for the last search around it.</summary>
    private static string Stages(int epochs) => string.Create(
        CultureInfo.InvariantCulture, $"\"stages\": [ {{ \"trials\": {epochs / 9}, \"epochs\": 3 }}, {{ \"trials\": {epochs / 24}, \"epochs\": 9 }}, {{ \"trials\": {epochs / 45}, \"epochs\": 18, \"explore\": 0 }} ],");

    private static readonly (string Name, Func<int, string> Settings)[] Arms =
    [
        ("everything", epochs => Stages(epochs) + Bayesian("true")),
        ("without inheritance", epochs => Stages(epochs) + Bayesian("false")),
        ("without multi-fidelity", _ => Bayesian("true")),
        ("without the surrogate", epochs => Stages(epochs) + "\"optimizer\": { \"kind\": \"evolution\", \"population\": 24, \"sample\": 6, \"initialTrials\": 12, \"lag\": 2 }"),
        ("random samples", _ => "\"optimizer\": { \"kind\": \"random\", \"lag\": 2 }"),
    ];

    public static void Run(string[] args)
    {
        int seeds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 8, epochs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 450;
        Dataset dataset = DatasetCatalog.Load("glyphs");
        Console.WriteLine($"{epochs} epochs per search, {seeds} seeds; hypervolume of the front on test data, median and quartiles; p by Wilcoxon's paired test against everything");
        double[] everything = [];
        foreach ((string name, Func<int, string> settings) in Arms)
        {
            long begin = Stopwatch.GetTimestamp();
            (double Volume, int Trials)[] runs = [.. Enumerable.Range(1, seeds).AsParallel().AsOrdered().Select(seed => Search(StudyOf(settings(epochs), seed), dataset, epochs))];
            double[] volumes = [.. runs.Select(run => run.Volume)], sorted = [.. volumes.Order()];
            if (everything.Length == 0) everything = volumes;
            string p = name == Arms[0].Name ? "" : string.Create(CultureInfo.InvariantCulture, $"p = {Wilcoxon.TwoSided(volumes, everything):0.000}");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {name,-24} {sorted[seeds / 2]:0.0000} ({sorted[seeds / 4]:0.000}-{sorted[3 * seeds / 4]:0.000})  {p,-10}  {runs.Average(run => run.Trials),5:0} trials  {Stopwatch.GetElapsedTime(begin).TotalSeconds:0} s"));
        }
    }

    private static string Bayesian(string inherit) =>
        $"\"optimizer\": {{ \"kind\": \"bayesian\", \"acquisition\": \"hypervolumeImprovement\", \"pool\": 100, \"initialTrials\": 12, \"lag\": 2, \"inheritWeights\": {inherit} }}";

    private static Study StudyOf(string settings, int seed) => Study.Parse("ablation", Text.Replace("MORE", settings, StringComparison.Ordinal)).With(trials: 100_000, seed: (ulong)seed);

    /// <summary>Searches until the epochs are spent; the last trial may overdraw them.</summary>
    private static (double Volume, int Trials) Search(Study study, Dataset dataset, int epochs)
    {
        SearchSpace space = SearchSpace.Of(study, dataset.Shape, dataset.Classes);
        PipelineEvaluator evaluator = PipelineEvaluator.For(study, dataset, null);
        IOptimizer optimizer = Optimizers.For(study, space);
        List<Trial> trials = [];
        Dictionary<int, Evaluation> evaluations = [];
        for (int spent = 0; spent < epochs; spent += trials[^1].Candidate.Training.Epochs)
        {
            int number = trials.Count + 1, known = Math.Max(0, number - study.Optimizer.Lag);
            TrialHistory history = new([.. trials.Take(known)], [.. trials.Skip(known).Select(trial => trial.Candidate)]);
            Candidate candidate = Optimizers.Propose(optimizer, study, space, history).Candidate;
            Network? parent = candidate.Parent is { } from ? evaluations[from].Weights : null;
            Evaluation evaluation = evaluator.Evaluate(new EvaluationRequest(number, candidate, space.Assemble(candidate), SeedOf(study, number), parent), default);
            TrialStatus status = evaluation.Status == TrialStatus.Completed && study.Objectives.Any(objective => objective.Of(evaluation.Score!) > objective.Limit) ? TrialStatus.Infeasible : evaluation.Status;
            trials.Add(new Trial(number, candidate, status, status == TrialStatus.Completed ? null : evaluation.Reason ?? "a limit", evaluation.Score, 0));
            evaluations[number] = evaluation;
        }

        Samples test = dataset.Test.Value;
        IEnumerable<double[]> points = ParetoFront.Of(trials, study.Objectives).Members.Select(member => Scaled(member.Score!, IntegerExecutor.Error(evaluations[member.Number].Quantized!, test)));
        return (Hypervolume.Of(points, [1, 1, 1]), trials.Count);
    }

    private static ulong SeedOf(Study study, int number) => new SeededRandom(study.Seed, (ulong)number).NextUInt64();

    private static double[] Scaled(Score score, double error) =>
        [error / WorstError, Math.Log(score.ParameterBytes / LeastBytes) / Math.Log(MostBytes / LeastBytes), Math.Log(score.Macs / LeastMacs) / Math.Log(MostMacs / LeastMacs)];
}
