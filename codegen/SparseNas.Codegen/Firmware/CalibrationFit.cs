using System.Collections.Immutable;
using System.Text.Json;
using SparseNas.Boards;

namespace SparseNas.Codegen.Firmware;

/// <summary>
/// Finds the factors on the simulator's costs under which it would have printed a board's times. Every time is a sum of four parts
/// (instructions, calls, memory, collections), each proportional to its factor; the simulator itself tells the parts, by running the program
/// with one factor doubled at a time. The factors minimise the squared relative errors; a weak pull towards 1 settles what a log cut short
/// leaves open.
/// </summary>
public static class CalibrationFit
{
    private const int Factors = 4;

    /// <summary>Small beside the square of a per-cent error, so that it decides only what the log does not.</summary>
    private const double PullTowardsOne = 1e-6;

    private const double SmallestFactor = 0.05;
    private const double LargestFactor = 20;

    private static readonly JsonSerializerOptions BoardJson = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Fits a calibration to a board's run.</summary>
    /// <param name="measured">The board's run; every time it tells is one equation.</param>
    /// <param name="simulate">Runs the same program on the board's profile with a calibration and reads its log.</param>
    /// <param name="simulatedHeapBytes">Managed heap of the profile that <paramref name="simulate"/> uses.</param>
    /// <param name="source">Name of the log, kept in the calibration.</param>
    /// <exception cref="ArgumentException">The log tells no time at all.</exception>
    public static Calibration Fit(DeviceRun measured, Func<Calibration, DeviceRun> simulate, long simulatedHeapBytes, string source)
    {
        DeviceRun unit = simulate(Calibration.None);
        ImmutableSortedDictionary<string, double> unitTimes = TimesOf(unit);
        string[] names = TimesOf(measured).Keys.Where(unitTimes.ContainsKey).ToArray();
        if (names.Length == 0) throw new ArgumentException("The log tells no time: neither TIME nor PROBE lines are whole.", nameof(measured));

        double[][] parts = Enumerable.Range(0, Factors)
            .Select(factor => TimesOf(simulate(WithFactor(factor, 2))))
            .Select(doubled => names.Select(name => doubled[name] - unitTimes[name]).ToArray())
            .ToArray();
        double[] times = names.Select(name => TimesOf(measured)[name]).ToArray();

        // What no factor moves, such as waiting, is taken off before the rest is explained by the four parts.
        double[] moved = names.Select((name, k) => times[k] - unitTimes[name] + parts.Sum(part => part[k])).ToArray();
        double[] factors = Solve(parts, times, moved);
        return new Calibration(factors[0], factors[1], factors[2], factors[3], HeapBytes(measured, unit, simulatedHeapBytes), source);
    }

    /// <summary>
    /// A board file that refines the board by the calibration: wherever a board is named, this file can be given instead.
    /// </summary>
    /// <param name="board">Name of the shipped board that was measured.</param>
    /// <param name="calibration">What its log says.</param>
    public static string ToBoardJson(string board, Calibration calibration)
    {
        var factors = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["instructionFactor"] = Math.Round(calibration.InstructionFactor, 4),
            ["callFactor"] = Math.Round(calibration.CallFactor, 4),
            ["memoryFactor"] = Math.Round(calibration.MemoryFactor, 4),
            ["collectionFactor"] = Math.Round(calibration.CollectionFactor, 4),
        };
        if (calibration.ManagedHeapBytes is { } bytes) factors["managedHeapBytes"] = bytes;
        factors["source"] = calibration.Source;
        return JsonSerializer.Serialize(new { name = board, inherits = board, calibration = factors }, BoardJson) + "\n";
    }

    private static Calibration WithFactor(int factor, double value) => factor switch
    {
        0 => Calibration.None with { InstructionFactor = value },
        1 => Calibration.None with { CallFactor = value },
        2 => Calibration.None with { MemoryFactor = value },
        3 => Calibration.None with { CollectionFactor = value },
        _ => throw new ArgumentOutOfRangeException(nameof(factor), factor, "There are four factors."),
    };

    /// <summary>
    /// Milliseconds by name; only those above zero can be compared relatively. The two times of the inferences stay apart: their difference
    /// would carry the noise of both.
    /// </summary>
    private static ImmutableSortedDictionary<string, double> TimesOf(DeviceRun run)
    {
        IEnumerable<KeyValuePair<string, double>> times = run.Probes.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.RoundMilliseconds));
        if (run.Timing is { } timing)
        {
            times = times.Append(KeyValuePair.Create("inferences", timing.Ticks / DeviceTiming.TicksPerMillisecond))
                .Append(KeyValuePair.Create("reading", timing.ReadingTicks / DeviceTiming.TicksPerMillisecond));
        }

        return times.Where(pair => pair.Value > 0).ToImmutableSortedDictionary();
    }

    private static long? HeapBytes(DeviceRun measured, DeviceRun unit, long simulatedHeapBytes) =>
        measured.HeapFreeBytes.TryGetValue("start", out long free) && unit.HeapFreeBytes.TryGetValue("start", out long predicted)
            ? simulatedHeapBytes + free - predicted
            : null;

    /// <summary>Least squares within the bounds: a factor that leaves them is fixed at the bound and the others are solved again.</summary>
    private static double[] Solve(double[][] parts, double[] times, double[] moved)
    {
        var fixedAt = new double?[Factors];
        while (true)
        {
            double[] solution = SolveFree(parts, times, moved, fixedAt);
            int outside = Array.FindIndex(solution, value => value is < SmallestFactor or > LargestFactor);
            if (outside < 0) return solution;
            fixedAt[outside] = Math.Clamp(solution[outside], SmallestFactor, LargestFactor);
        }
    }

    private static double[] SolveFree(double[][] parts, double[] times, double[] moved, double?[] fixedAt)
    {
        var matrix = new double[Factors, Factors + 1];
        for (int row = 0; row < Factors; row++)
        {
            if (fixedAt[row] is { } value)
            {
                matrix[row, row] = 1;
                matrix[row, Factors] = value;
                continue;
            }

            for (int column = 0; column < Factors; column++)
            {
                for (int k = 0; k < times.Length; k++) matrix[row, column] += parts[row][k] * parts[column][k] / (times[k] * times[k]);
            }

            for (int k = 0; k < times.Length; k++) matrix[row, Factors] += parts[row][k] * moved[k] / (times[k] * times[k]);
            matrix[row, row] += PullTowardsOne;
            matrix[row, Factors] += PullTowardsOne;
        }

        return Eliminate(matrix);
    }

    /// <summary>Gauss-Jordan with pivoting on the four equations; the pull towards 1 keeps the diagonal away from zero.</summary>
    private static double[] Eliminate(double[,] matrix)
    {
        for (int pivot = 0; pivot < Factors; pivot++)
        {
            int best = Enumerable.Range(pivot, Factors - pivot).MaxBy(row => Math.Abs(matrix[row, pivot]));
            for (int column = 0; column <= Factors; column++)
            {
                (matrix[pivot, column], matrix[best, column]) = (matrix[best, column], matrix[pivot, column]);
            }

            for (int row = 0; row < Factors; row++)
            {
                if (row == pivot) continue;
                double share = matrix[row, pivot] / matrix[pivot, pivot];
                for (int column = pivot; column <= Factors; column++) matrix[row, column] -= share * matrix[pivot, column];
            }
        }

        return [.. Enumerable.Range(0, Factors).Select(row => matrix[row, Factors] / matrix[row, row])];
    }
}
