using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using SparseNas.Networks;
using SparseNas.Search;

namespace SparseNas.Benchmarks.Search;

/// <summary>
/// Hypervolume against trials on the table, several seeds, every optimiser: <c>search-optimizers TABLE.csv.gz [SEEDS] [TRIALS] [NAME]</c>. The volume is a share of what the
/// whole table dominates, between the ideal corner and a fixed reference point (error 0.5, the table's largest bytes and multiplications), sizes on a log scale.
/// </summary>
internal static class OptimizerBenchmark
{
    private static readonly (string Name, string Settings)[] Methods =
    [
        ("random", "\"kind\": \"random\""),
        ("evolution", "\"kind\": \"evolution\", \"population\": 32, \"sample\": 8"),
        ("nsga2", "\"kind\": \"nsga2\", \"population\": 24"),
        ("bayesian, thompson", "\"kind\": \"bayesian\", \"pool\": 100"),
        ("bayesian, hypervolume", "\"kind\": \"bayesian\", \"acquisition\": \"hypervolumeImprovement\", \"pool\": 100"),
    ];

    public static void Run(string[] args)
    {
        SearchTable table = SearchTable.Load(args[0]);
        int seeds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 20, trials = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 300;
        Func<Score, double[]> scale = Scaling(table);
        double whole = Volume(table.Scores, scale);
        int[] marks = [.. new[] { 30, 60, 100, 150, 200, 300 }.Where(mark => mark <= trials)];
        Console.WriteLine($"{table.Count} architectures, {seeds} seeds, median share of the table's hypervolume (first and third quartile) after trials:");
        Console.WriteLine($"{"optimiser",-22} {string.Concat(marks.Select(mark => $"{mark,22}"))}   seconds per run");
        foreach ((string name, string settings) in Methods.Where(method => args.Length < 4 || method.Name.Contains(args[3], StringComparison.Ordinal)))
        {
            long begin = Stopwatch.GetTimestamp();
            double[][] curves = [.. Enumerable.Range(1, seeds).AsParallel().AsOrdered().Select(seed => Curve(table, BenchmarkSpace.With(settings, trials, seed), marks, scale, whole))];
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds / seeds;
            Console.WriteLine($"{name,-22} {string.Concat(marks.Select((_, mark) => $"{Quartiles([.. curves.Select(curve => curve[mark])]),22}"))}   {seconds:0.0}");
        }
    }

    private static double[] Curve(SearchTable table, Study study, int[] marks, Func<Score, double[]> scale, double whole)
    {
        SearchSpace space = SearchSpace.Of(study, BenchmarkSpace.Input, 10);
        IOptimizer optimizer = Optimizers.For(study, space);
        List<Trial> trials = [];
        while (trials.Count < study.Trials)
        {
            int known = Math.Max(0, trials.Count + 1 - study.Optimizer.Lag);
            TrialHistory history = new([.. trials.Take(known)], [.. trials.Skip(known).Select(trial => trial.Candidate)]);
            Candidate candidate = Optimizers.Propose(optimizer, study, space, history).Candidate;
            trials.Add(new Trial(trials.Count + 1, candidate, TrialStatus.Completed, null, table[candidate.Blueprint], 0));
        }

        return [.. marks.Select(mark => Volume(trials.Take(mark).Select(trial => trial.Score!), scale) / whole)];
    }

    private static Func<Score, double[]> Scaling(SearchTable table)
    {
        double smallest = table.Scores.Min(score => score.ParameterBytes), largest = table.Scores.Max(score => score.ParameterBytes);
        double least = table.Scores.Min(score => score.Macs), most = table.Scores.Max(score => score.Macs);
        return score => [score.ValidationError / 0.5, Math.Log(score.ParameterBytes / smallest) / Math.Log(largest / smallest), Math.Log(score.Macs / least) / Math.Log(most / least)];
    }

    private static double Volume(IEnumerable<Score> scores, Func<Score, double[]> scale) => Hypervolume.Of(scores.Select(scale), [1, 1, 1]);

    private static string Quartiles(double[] values)
    {
        double[] sorted = [.. values.Order()];
        double At(double share) => sorted[(int)Math.Round(share * (sorted.Length - 1))];
        return string.Create(CultureInfo.InvariantCulture, $"{At(0.5):0.0000} ({At(0.25):0.000}-{At(0.75):0.000})");
    }
}
