using System.Collections.Immutable;

namespace SparseNas.Codegen.Firmware;

/// <summary>A board's log beside the simulator's: what <c>sparsenas verify</c> shows.</summary>
/// <param name="WrongOutputs">One sentence per golden vector whose output is not the expected one; empty when the board computes the same numbers.</param>
/// <param name="MissingOutputs">Golden vectors that the log does not tell about.</param>
/// <param name="Figures">Heap and time, measured and predicted.</param>
public sealed record DeviceVerification(
    ImmutableArray<string> WrongOutputs, int MissingOutputs, ImmutableArray<VerifiedFigure> Figures)
{
    /// <summary>Whether every output was reported and is right.</summary>
    public bool OutputsAgree => WrongOutputs.IsEmpty && MissingOutputs == 0;

    /// <summary>Compares a run on the board with the same program's run in the simulator.</summary>
    /// <param name="measured">From the board's log.</param>
    /// <param name="predicted">From the simulator's console.</param>
    /// <exception cref="ArgumentException">The two logs are of different models.</exception>
    public static DeviceVerification Compare(DeviceRun measured, DeviceRun predicted)
    {
        if (measured.Model != predicted.Model || measured.Vectors != predicted.Vectors)
        {
            throw new ArgumentException(
                $"The board's log is of model '{measured.Model}' with {measured.Vectors} golden vectors, the firmware holds '{predicted.Model}' "
                + $"with {predicted.Vectors}. Give the log of this firmware.",
                nameof(measured));
        }

        return new DeviceVerification(
            [.. WrongOutputsOf(measured, predicted)],
            measured.Vectors - measured.Golden.Select(result => result.Index).Distinct().Count(),
            [.. FiguresOf(measured, predicted)]);
    }

    private static IEnumerable<string> WrongOutputsOf(DeviceRun measured, DeviceRun predicted)
    {
        Dictionary<int, GoldenResult> expected = predicted.Golden.GroupBy(result => result.Index).ToDictionary(group => group.Key, group => group.Last());
        foreach (GoldenResult result in measured.Golden)
        {
            if (!result.IsOk) yield return $"golden vector {result.Index}: {InWords(result)}";
            else if (expected.TryGetValue(result.Index, out GoldenResult? twin) && twin.Sum != result.Sum)
            {
                yield return $"golden vector {result.Index}: the logits sum to {result.Sum}, in the simulator to {twin.Sum}";
            }
        }

        if (measured.Exception is { } exception) yield return $"the program ended with {exception}";
    }

    /// <summary>What the device's line says of a vector that failed, and where to look; the line itself where it says something else.</summary>
    private static string InWords(GoldenResult result)
    {
        string Value(string key) => result.Detail.Split(' ').FirstOrDefault(part => part.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..] ?? "?";
        return (Value("reason"), Value("different")) switch
        {
            ("row", _) => $"row {Value("row")} has {Value("got")} bytes instead of {Value("want")}: the constants of the program are damaged",
            ("logits", "1") => $"one logit is wrong, {Value("logit")}: {Value("got")} instead of {Value("want")}; that points to a weight or bias of the last layer",
            ("logits", _) => $"{Value("different")} logits are wrong, the first is {Value("logit")}: {Value("got")} instead of {Value("want")}; "
                + "that points to a scale or an earlier layer",
            _ => result.Detail,
        };
    }

    private static IEnumerable<VerifiedFigure> FiguresOf(DeviceRun measured, DeviceRun predicted)
    {
        foreach ((string at, long bytes) in measured.HeapFreeBytes)
        {
            if (predicted.HeapFreeBytes.TryGetValue(at, out long expected)) yield return new VerifiedFigure($"free heap at {at}", "bytes", bytes, expected);
        }

        if (measured.Timing is { } timing && predicted.Timing is { } expectedTiming)
        {
            yield return new VerifiedFigure("inference", "ms", timing.InferenceMilliseconds, expectedTiming.InferenceMilliseconds);
        }

        foreach ((string name, DeviceProbe probe) in measured.Probes)
        {
            if (predicted.Probes.TryGetValue(name, out DeviceProbe? expected))
            {
                yield return new VerifiedFigure($"probe {name}", "ms", probe.RoundMilliseconds, expected.RoundMilliseconds);
            }
        }
    }
}

/// <summary>One figure, measured on the board and predicted by the simulator.</summary>
/// <param name="What">What it is.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Measured">On the board.</param>
/// <param name="Predicted">In the simulator.</param>
public sealed record VerifiedFigure(string What, string Unit, double Measured, double Predicted)
{
    /// <summary>(measured − predicted) / predicted.</summary>
    public double RelativeDifference => (Measured - Predicted) / Predicted;
}
