using System.Diagnostics;
using System.Globalization;
using SparseNas.Networks;
using SparseNas.Search;

namespace SparseNas.Benchmarks.Search;

/// <summary>
/// Hypervolume against trials on the table, every optimiser: <c>search-optimizers [SEEDS] [TRIALS] [FOLDER]</c>. The volume is a share of what the whole part of the
/// table dominates up to a fixed reference point. The main problem is drawn as SVG into the folder; the held-out ones are those no setting was chosen on.
/// The command fails where ours needs more than half of evolution's trials, or a fifth of random's, on the main problem.
/// </summary>
internal static class OptimizerBenchmark
{
    private static readonly (string Name, string Settings, string Colour)[] Methods =
    [
        ("random", "\"kind\": \"random\"", "#888888"),
        ("evolution", "\"kind\": \"evolution\", \"population\": 32, \"sample\": 8, \"initialTrials\": 20", "#d07010"),
        ("nsga2", "\"kind\": \"nsga2\", \"population\": 24, \"initialTrials\": 20", "#2060c0"),
        ("bayesian", "\"kind\": \"bayesian\", \"acquisition\": \"hypervolumeImprovement\", \"pool\": 150, \"initialTrials\": 10", "#108040"),
    ];

    public static void Run(string[] args)
    {
        int seeds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20, trials = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 300;
        string? folder = args.Length > 2 ? args[2] : null;
        SearchTable table = SearchTable.Load();
        Console.WriteLine($"{table.Count} architectures, {seeds} seeds, {trials} trials; median share of the reachable hypervolume (first to third quartile)");
        foreach (TableProblem problem in TableProblem.HeldOut.Prepend(TableProblem.Main))
        {
            long begin = Stopwatch.GetTimestamp();
            double[][][] curves = Curves(table, problem, seeds, trials);
            Report(problem, curves, trials);
            if (problem == TableProblem.Main && (Needs(curves, "evolution") > trials / 2 || Needs(curves, "random") > trials / 5)) Environment.ExitCode = 1;
            Console.WriteLine($"  {Stopwatch.GetElapsedTime(begin).TotalSeconds:0} s");
            if (folder is not null && problem == TableProblem.Main)
            {
                File.WriteAllText(Path.Combine(folder, "optimizers.svg"), LineChart.Svg(
                    $"Hypervolume on the table, median and quartiles of {seeds} seeds", "share of the hypervolume",
                    [.. Methods.Select((method, index) => new Curve(method.Name, method.Colour, Across(curves[index], 0.5), Across(curves[index], 0.25), Across(curves[index], 0.75)))]));
            }
        }
    }

    /// <summary>Per method and seed the share after 1, 2, … trials.</summary>
    private static double[][][] Curves(SearchTable table, TableProblem problem, int seeds, int trials)
    {
        SearchSpace part = SearchSpace.Of(BenchmarkSpace.With(problem, Methods[0].Settings, trials, 1), BenchmarkSpace.Input, 10);
        Score[] scores = [.. BenchmarkSpace.All().Where(part.Architectures.Contains).Select(blueprint => table[blueprint])];
        Func<Score, double[]> scale = problem.Scale(scores);
        double whole = Volume(scores.Select(scale));
        double[][] all =
        [
            .. Enumerable.Range(0, Methods.Length * seeds).AsParallel().AsOrdered().WithMergeOptions(ParallelMergeOptions.NotBuffered).Select(run => Curve(
                table, BenchmarkSpace.With(problem, Methods[run / seeds].Settings, trials, problem.FirstSeed + (run % seeds)), scale, whole)),
        ];
        return [.. all.Chunk(seeds)];
    }

    private static double[] Curve(SearchTable table, Study study, Func<Score, double[]> scale, double whole)
    {
        SearchSpace space = SearchSpace.Of(study, BenchmarkSpace.Input, 10);
        IOptimizer optimizer = Optimizers.For(study, space);
        List<Trial> trials = [];
        var curve = new double[study.Trials];
        while (trials.Count < study.Trials)
        {
            int known = Math.Max(0, trials.Count + 1 - study.Optimizer.Lag);
            TrialHistory history = new([.. trials.Take(known)], [.. trials.Skip(known).Select(trial => trial.Candidate)]);
            Candidate candidate = Optimizers.Propose(optimizer, study, space, history).Candidate;
            (TrialStatus status, string? reason) = table[candidate.Blueprint].ValidationError > study.Objectives[0].Limit ? (TrialStatus.Infeasible, "error") : (TrialStatus.Completed, (string?)null);
            trials.Add(new Trial(trials.Count + 1, candidate, status, reason, table[candidate.Blueprint], 0));
            curve[trials.Count - 1] = Volume(trials.Select(trial => scale(trial.Score!))) / whole;
        }

        return curve;
    }

    private static void Report(TableProblem problem, double[][][] curves, int trials)
    {
        int[] marks = [.. new[] { 30, 60, 100, 150, 200, 300 }.Where(mark => mark <= trials)];
        Console.WriteLine();
        Console.WriteLine($"{problem.Name} (seeds {problem.FirstSeed} to {problem.FirstSeed + curves[0].Length - 1})");
        Console.WriteLine($"  {"optimiser",-12} {string.Concat(marks.Select(mark => $"{mark,22}"))}");
        for (int method = 0; method < Methods.Length; method++)
        {
            Console.WriteLine($"  {Methods[method].Name,-12} {string.Concat(marks.Select(mark => $"{Quartiles(curves[method], mark),22}"))}");
        }

        double[][] ours = curves[^1];
        for (int method = 0; method < Methods.Length - 1; method++)
        {
            IEnumerable<string> tests = marks.Select(mark => string.Create(CultureInfo.InvariantCulture,
                $"{Wilcoxon.TwoSided([.. ours.Select(curve => curve[mark - 1])], [.. curves[method].Select(curve => curve[mark - 1])]),22:0.0e-00}"));
            Console.WriteLine($"  p, {Methods[method].Name,-9} {string.Concat(tests)}   its volume after {trials} reached after {(Needs(curves, Methods[method].Name) is var needs && needs > trials ? $"more than {trials}" : needs)}");
        }
    }

    /// <summary>How many trials ours needs, in the median, for what a method has in the end; one more than all where it never gets there.</summary>
    private static int Needs(double[][][] curves, string method)
    {
        double goal = Across(curves[Array.FindIndex(Methods, item => item.Name == method)], 0.5)[^1];
        int index = Array.FindIndex(Across(curves[^1], 0.5), value => value >= goal);
        return index < 0 ? curves[^1][0].Length + 1 : index + 1;
    }

    private static double Volume(IEnumerable<double[]> points)
    {
        double[][] all = [.. points];
        return Hypervolume.Of(all, [.. Enumerable.Repeat(1.0, all[0].Length)]);
    }

    /// <summary>The quantile over seeds after each number of trials.</summary>
    private static double[] Across(double[][] curves, double share) => [.. Enumerable.Range(0, curves[0].Length).Select(trial => Quantile([.. curves.Select(curve => curve[trial])], share))];

    private static double Quantile(double[] values, double share)
    {
        double[] sorted = [.. values.Order()];
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }

    private static string Quartiles(double[][] curves, int mark)
    {
        double[] values = [.. curves.Select(curve => curve[mark - 1])];
        return string.Create(CultureInfo.InvariantCulture, $"{Quantile(values, 0.5):0.0000} ({Quantile(values, 0.25):0.000}-{Quantile(values, 0.75):0.000})");
    }
}
