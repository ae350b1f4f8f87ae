using System.Diagnostics;
using SparseNas.Networks;

namespace SparseNas.Benchmarks.Training;

/// <summary>
/// What a second trial on the second core costs the first. Short slices of one trial and of two alternate, so that whatever else the machine does
/// falls on both; medians are compared. Processor time tells what the two take from each other through caches, memory and clock whoever else runs;
/// wall time tells the speed-up itself, from those slices in which nothing else took a core away.
/// </summary>
internal static class ScalingBenchmark
{
    private const double SliceMicroseconds = 15_000;
    private const double Undisturbed = 0.97;   // share of a slice's wall time that must be its own processor time
    private const int Fewest = 10;

    /// <summary>Prints twice the ratio of a trial's speed beside its twin to its speed alone.</summary>
    public static void Run(string name, Architecture architecture, int slices)
    {
        using TrainingTrial first = new(architecture), second = new(architecture);
        for (int i = 0; i < 50; i++)
        {
            first.TrainBatch();
            second.TrainBatch();
        }

        List<Slice> alone = [], together = [];
        for (int slice = 0; slice < slices; slice++)
        {
            alone.Add(Measure(slice % 2 == 0 ? first : second));
            together.AddRange(Both(first, second));
        }

        string wall = Quiet(alone) is { Count: >= Fewest } one && Quiet(together) is { Count: >= Fewest } two
            ? $"{2 * Median(two, s => s.PerWall) / Median(one, s => s.PerWall):F3} ({one.Count} and {two.Count} slices)"
            : "not to be seen, the machine is busy";
        Console.WriteLine(
            $"{name}: two trials are {2 * Median(together, s => s.PerProcessor) / Median(alone, s => s.PerProcessor):F3} of one by processor time, "
            + $"by wall time {wall}; alone {Median(alone, s => s.PerProcessor) * 1e6:N0} images/s");
    }

    private static IEnumerable<Slice> Both(TrainingTrial first, TrainingTrial second)
    {
        Slice other = default;
        using var ready = new Barrier(2);
        var thread = new Thread(() =>
        {
            ready.SignalAndWait();
            other = Measure(second);
        });
        thread.Start();
        ready.SignalAndWait();
        Slice mine = Measure(first);
        thread.Join();
        return [mine, other];
    }

    private static Slice Measure(TrainingTrial trial)
    {
        long wall = Stopwatch.GetTimestamp();
        double start = ThreadClock.Microseconds, spent;
        int images = 0;
        do
        {
            trial.TrainBatch();
            images += TrainingTrial.BatchSize;
            spent = ThreadClock.Microseconds - start;
        }
        while (spent < SliceMicroseconds);
        return new Slice(images / spent, images / Stopwatch.GetElapsedTime(wall).TotalMicroseconds);
    }

    private static List<Slice> Quiet(List<Slice> slices) => [.. slices.Where(slice => slice.PerWall > Undisturbed * slice.PerProcessor)];

    private static double Median(List<Slice> slices, Func<Slice, double> value) => slices.Select(value).Order().ElementAt(slices.Count / 2);

    /// <summary>Images per microsecond.</summary>
    private readonly record struct Slice(double PerProcessor, double PerWall);
}
