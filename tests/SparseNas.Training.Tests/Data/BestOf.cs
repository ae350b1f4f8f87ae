using System.Diagnostics;

namespace SparseNas.Training.Tests.Data;

/// <summary>Times work on a machine that others use too: the shortest of several runs is the one that was disturbed least.</summary>
internal static class BestOf
{
    public static TimeSpan Runs(int runs, Action work)
    {
        TimeSpan best = TimeSpan.MaxValue;
        for (int run = 0; run < runs; run++)
        {
            var watch = Stopwatch.StartNew();
            work();
            best = watch.Elapsed < best ? watch.Elapsed : best;
        }

        return best;
    }
}
