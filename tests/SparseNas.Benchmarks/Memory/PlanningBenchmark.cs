using SparseNas.Benchmarks.Training;
using SparseNas.Networks;
using SparseNas.Testing.Networks;

namespace SparseNas.Benchmarks.Memory;

/// <summary>
/// What a memory plan costs a search, in processor time: <c>planning</c>. Networks have up to 20 operators. Fails when the slowest chain takes more than
/// 15 µs, or the slowest branched network a millisecond. What else the machine does only adds to a time, so that of each network the least counts, and
/// a network that seems too slow is timed again before it is said to be.
/// </summary>
internal static class PlanningBenchmark
{
    private const double MostChainMicroseconds = 15, MostBranchedMicroseconds = 1000;
    private const int TimesAgain = 20;

    public static void Run(string[] args)
    {
        OperatorGraph[] drawn = [.. Enumerable.Range(0, 4000).Select(seed => OperatorGraph.From(RandomArchitectures.Draw(new SeededRandom((ulong)seed), 12, 28, 16)))];
        OperatorGraph[] fits = [.. drawn.Where(graph => graph.Operators.Length <= 20)];
        bool chains = Report("chains", [.. fits.Where(IsChain)], MostChainMicroseconds);
        bool branched = Report("branched", [.. fits.Where(graph => !IsChain(graph))], MostBranchedMicroseconds);
        if (!chains || !branched) throw new InvalidOperationException("Planning takes longer than a search can afford.");
    }

    private static bool IsChain(OperatorGraph graph) => graph.Operators.Select((op, index) => op.Inputs is [var only] && only == index - 1).All(isNext => isNext);

    private static bool Report(string name, OperatorGraph[] graphs, double limit)
    {
        foreach (OperatorGraph graph in graphs) Microseconds(graph);   // until the runtime has compiled everything at its best
        double[] times = [.. graphs.Select(graph => LeastMicroseconds(graph, limit)).Order()];
        Console.WriteLine(
            $"{name}: {graphs.Length} networks of {graphs.Min(graph => graph.Operators.Length)} to {graphs.Max(graph => graph.Operators.Length)} operators, "
            + $"median {times[times.Length / 2]:F1} us, 95th percentile {times[(int)(times.Length * 0.95)]:F1} us, 99th {times[(int)(times.Length * 0.99)]:F1} us, worst {times[^1]:F1} us; "
            + $"{(times[^1] <= limit ? "within" : "OVER")} {limit} us");
        return times[^1] <= limit;
    }

    private static double LeastMicroseconds(OperatorGraph graph, double limit)
    {
        double least = Microseconds(graph);
        for (int again = 0; again < TimesAgain && least > limit; again++) least = Math.Min(least, Microseconds(graph));
        return least;
    }

    /// <summary>The least of several measurements of several plans each: what else the machine does only adds.</summary>
    private static double Microseconds(OperatorGraph graph)
    {
        const int Rounds = 7, Plans = 5;
        double best = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            double begin = ThreadClock.Microseconds;
            for (int plan = 0; plan < Plans; plan++) MemoryPlanner.Plan(graph);
            best = Math.Min(best, (ThreadClock.Microseconds - begin) / Plans);
        }

        return best;
    }
}
