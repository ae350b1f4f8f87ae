using System.Collections.Immutable;
using SparseNas.Benchmarks.Training;
using SparseNas.Boards;
using SparseNas.Networks;
using SparseNas.Search;

namespace SparseNas.Benchmarks.Search;

/// <summary>What a search itself costs, in processor time of one core: <c>search</c> screens candidates and proposes with 100 to 1,000 finished trials.</summary>
internal static class SearchBenchmark
{
    private const string Space = """
        "space": {
          "input": { "downsample": [1, 2] },
          "blocks": { "count": { "from": 1, "to": 5 }, "kinds": KINDS, "kernels": [1, 3, 5], "channels": { "from": 4, "to": 16, "step": 2 }, "padding": ["same", "valid"], "pooling": ["none", "max2"] },
          "head": { "kinds": ["gap", "dense"] }
        }
        """;

    public static void Run(string[] args)
    {
        Screen("chains", "[\"conv\", \"separable\", \"downsampledConv\", \"depthwise\"]");
        Screen("branched", "[\"residual\", \"parallel\", \"conv\"]");
        foreach (string acquisition in new[] { "thompson", "hypervolumeImprovement" })
        {
            foreach (int trials in new[] { 100, 300, 1000 }) Propose(acquisition, trials);
        }
    }

    private static double Seconds => ThreadClock.Microseconds / 1e6;

    private static Study StudyOf(string kinds, string optimizer) => Study.Parse("benchmark", $$"""
        { "name": "benchmark", "trials": 2000, "dataset": { "name": "mnist" },
          "objectives": [ { "name": "validationError", "target": 0.02 }, { "name": "parameterBytes", "target": 1000 }, { "name": "workingMemoryPeakBytes", "target": 1500 } ],
          {{Space.Replace("KINDS", kinds, StringComparison.Ordinal)}}, "optimizer": { {{optimizer}} } }
        """);

    private static void Screen(string name, string kinds)
    {
        SearchSpace space = SearchSpace.Of(StudyOf(kinds, ""), BenchmarkSpace.Input, 10, BoardCatalog.Default.Find("ESP32_C3")!.CostTable);
        SeededRandom random = new(1);
        Candidate[] candidates =
        [
            .. Enumerable.Range(0, 40_000).Select(_ => space.Sample(random)).Where(candidate => name == "chains" || candidate.Blueprint.Blocks.Any(block => block is ResidualBlock or ParallelBlock)).Take(10_000),
        ];
        double best = double.PositiveInfinity;
        for (int repeat = 0; repeat < 5; repeat++)
        {
            double begin = Seconds;
            foreach (Candidate candidate in candidates) space.ForecastOf(candidate);
            best = Math.Min(best, Seconds - begin);
        }

        Console.WriteLine($"screening, {name,-9} {candidates.Length / best,10:0} candidates/s");
    }

    private static void Propose(string acquisition, int count)
    {
        Study study = StudyOf("[\"conv\", \"separable\", \"residual\"]", $"\"kind\": \"bayesian\", \"acquisition\": \"{acquisition}\"");
        SearchSpace space = SearchSpace.Of(study, BenchmarkSpace.Input, 10);
        SeededRandom random = new(2);
        ImmutableArray<Trial> trials = [.. Enumerable.Range(1, count).Select(number => Synthetic(number, space.Sample(random), random))];
        double begin = Seconds;
        Optimizers.Propose(Optimizers.For(study, space), study, space, new TrialHistory(trials, []));
        Console.WriteLine($"proposal, {acquisition,-23} {count,5} trials {Seconds - begin,8:0.000} s");
    }

    private static Trial Synthetic(int number, Candidate candidate, SeededRandom random)
    {
        Forecast forecast = Forecast.Of(candidate, BenchmarkSpace.Input, 10);
        double error = (0.5 / Math.Sqrt(1 + (forecast.ParameterBytes / 100.0))) + (0.01 * random.NextDouble());
        return new Trial(number, candidate, TrialStatus.Completed, null, new Score
        {
            ValidationError = error, FloatValidationError = error, ParameterBytes = forecast.ParameterBytes, L0 = forecast.L0,
            WorkingMemoryPeakBytes = forecast.WorkingMemoryPeakBytes, Wm1Elements = 1, Wm2Elements = 1, Macs = forecast.Macs,
        }, 1);
    }
}
