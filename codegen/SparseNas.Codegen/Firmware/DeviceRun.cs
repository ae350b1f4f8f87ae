using System.Collections.Immutable;

namespace SparseNas.Codegen.Firmware;

/// <summary>One boot of the firmware application, as far as its log tells.</summary>
/// <param name="Model">Identity of the model.</param>
/// <param name="Vectors">How many golden vectors the program holds.</param>
/// <param name="Golden">The vectors it reported, in order.</param>
/// <param name="HeapFreeBytes">Free bytes after a compacting collection, by <c>start</c> and <c>end</c>.</param>
/// <param name="Timing">The inferences' time, or null when the log ends before it.</param>
/// <param name="Probes">The probes' times by name.</param>
/// <param name="Exception">The exception that ended the program, or null.</param>
/// <param name="IsComplete">Whether the program reached its last line.</param>
public sealed record DeviceRun(
    string Model,
    int Vectors,
    ImmutableArray<GoldenResult> Golden,
    ImmutableSortedDictionary<string, long> HeapFreeBytes,
    DeviceTiming? Timing,
    ImmutableSortedDictionary<string, DeviceProbe> Probes,
    string? Exception,
    bool IsComplete)
{
    /// <summary>Number of vectors reported as right.</summary>
    public int Passed => Golden.Count(result => result.IsOk);

    internal static DeviceRun Begin(DeviceLogLine line) => new(
        line.Text("model"),
        checked((int)line.Number("vectors")),
        [],
        ImmutableSortedDictionary<string, long>.Empty,
        null,
        ImmutableSortedDictionary<string, DeviceProbe>.Empty,
        null,
        false);

    internal DeviceRun With(DeviceLogLine line) => line.Word switch
    {
        "GOLDEN" => this with { Golden = Golden.Add(GoldenResult.From(line)) },
        "HEAP" => this with { HeapFreeBytes = HeapFreeBytes.SetItem(line.Text("at"), line.Number("free")) },
        "TIME" => this with { Timing = new DeviceTiming(line.Number("inferences"), line.Number("ticks"), line.Number("readingTicks")) },
        "PROBE" => this with { Probes = Probes.SetItem(line.Text("name"), ProbeWith(line)) },
        "ERROR" => this with { Exception = line.Text("exception") },
        "DONE" => line.Number("passed") + line.Number("failed") == Vectors
            ? this with { IsComplete = true }
            : throw new FormatException("The sums of the last line do not fit the first."),
        _ => throw new FormatException($"Unknown word '{line.Word}'."),
    };

    /// <summary>A probe that is measured in several turns is one measurement with more rounds.</summary>
    private DeviceProbe ProbeWith(DeviceLogLine line)
    {
        DeviceProbe earlier = Probes.GetValueOrDefault(line.Text("name"), new DeviceProbe(0, 0));
        return new DeviceProbe(earlier.Rounds + line.Number("rounds"), earlier.Ticks + line.Number("ticks"));
    }
}

/// <summary>One golden vector on the device.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="IsOk">Whether every logit was right.</param>
/// <param name="Sum">All logits folded into one number; null where a damaged row stopped the inference.</param>
/// <param name="Detail">What was wrong, in the device's words; empty when nothing was.</param>
public sealed record GoldenResult(int Index, bool IsOk, int? Sum, string Detail)
{
    internal static GoldenResult From(DeviceLogLine line)
    {
        bool ok = line.Text("result") switch
        {
            "ok" => true,
            "FAIL" => false,
            string other => throw new FormatException($"'{other}' is no result."),
        };
        int? sum = line.Values.ContainsKey("sum") ? checked((int)line.Number("sum")) : null;
        if (ok && sum is null) throw new FormatException("A right vector has a sum.");
        string detail = ok ? "" : string.Join(' ', line.Values.Where(p => p.Key is not ("index" or "result" or "sum")).Select(p => $"{p.Key}={p.Value}"));
        return new GoldenResult(checked((int)line.Number("index")), ok, sum, detail);
    }
}

/// <summary>Time of all golden inferences together, in ticks of 100 ns.</summary>
/// <param name="Inferences">How many.</param>
/// <param name="Ticks">With reading the vectors.</param>
/// <param name="ReadingTicks">Reading them alone.</param>
public sealed record DeviceTiming(long Inferences, long Ticks, long ReadingTicks)
{
    /// <summary>A tick is 100 ns.</summary>
    public const double TicksPerMillisecond = 10_000;

    /// <summary>Milliseconds of one inference.</summary>
    public double InferenceMilliseconds => (Ticks - ReadingTicks) / (TicksPerMillisecond * Inferences);
}

/// <summary>Time of one probe.</summary>
/// <param name="Rounds">How often its work was repeated.</param>
/// <param name="Ticks">All of them together, in ticks of 100 ns.</param>
public sealed record DeviceProbe(long Rounds, long Ticks)
{
    /// <summary>Milliseconds of one round.</summary>
    public double RoundMilliseconds => Ticks / (DeviceTiming.TicksPerMillisecond * Rounds);
}
