using System.Globalization;
using SparseNas.Search;

namespace SparseNas.Cli.Studies;

/// <summary>A front as a table for people, or as CSV.</summary>
internal static class FrontTable
{
    public static void Print(Terminal terminal, StudyRecord record, IReadOnlyList<FrontRow> rows)
    {
        int completed = record.Trials.Count(trial => trial.IsCompleted);
        terminal.WriteLine($"Pareto front of '{record.Study.Name}': {rows.Count} of {completed} completed trials ({record.Trials.Length} in all){On(record.Study.Board)}");
        if (rows.Count == 0) return;
        bool tested = rows.Any(row => row.TestError is not null), deployed = rows.Any(row => row.HeapPeakBytes is not null), repeated = rows.Any(row => row.Seeds is not null);
        var table = new TextTable([.. Columns(tested, deployed, repeated)]);
        foreach (FrontRow row in rows) table.Add([.. Cells(row, tested, deployed, repeated)]);
        terminal.Write(table);
        foreach (RungCheck check in record.RungChecks.Where(check => double.IsFinite(check.Correlation)))
        {
            terminal.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"rank correlation of {check.FromEpochs} and {check.ToEpochs} epochs: {check.Correlation:0.00} over {check.Pairs} promoted candidates"));
        }
    }

    public static void PrintCsv(Terminal terminal, IReadOnlyList<FrontRow> rows)
    {
        terminal.WriteLine("trial,validationError,testError,seeds,meanValidationError,validationErrorDeviation,meanTestError,testErrorDeviation,parameterBytes,l0,workingMemoryPeakBytes,wm1Elements,wm2Elements,macs,cycles,heapPeakBytes,imageBytes,board,architecture");
        foreach (FrontRow row in rows)
        {
            terminal.WriteLine(string.Join(',', new object?[]
            {
                row.Trial, row.ValidationError, row.TestError, row.Seeds, row.MeanValidationError, row.ValidationErrorDeviation, row.MeanTestError, row.TestErrorDeviation, row.ParameterBytes, row.L0, row.WorkingMemoryPeakBytes, row.Wm1Elements, row.Wm2Elements, row.Macs,
                row.Cycles, row.HeapPeakBytes, row.ImageBytes, row.Board, row.Layers,
            }.Select(Field)));
        }
    }

    /// <summary>Mean accuracy ± standard deviation in points, and how many seeds.</summary>
    private static string Spread(int? seeds, double? mean, double? deviation) =>
        mean is { } error && deviation is { } points ? string.Create(CultureInfo.InvariantCulture, $"{Units.Accuracy(error)} ± {100 * points:0.00} ({seeds})") : "-";

    /// <summary>A value as RFC 4180 has it: quoted where it holds a comma, a quote or a line break.</summary>
    private static string Field(object? value)
    {
        string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";
    }

    private static string On(string? board) => board is null ? "" : $", board {board}";

    private static IEnumerable<string> Columns(bool tested, bool deployed, bool repeated) =>
    [
        "trial", "validation", .. repeated ? ["over seeds"] : Array.Empty<string>(), .. tested ? ["test"] : Array.Empty<string>(),
        .. tested && repeated ? ["over seeds"] : Array.Empty<string>(), "parameters", "l0", "memory", "MACs",
        .. deployed ? ["time", "heap peak", "image"] : new[] { "cycles" }, "architecture",
    ];

    private static IEnumerable<string> Cells(FrontRow row, bool tested, bool deployed, bool repeated)
    {
        yield return row.Trial.ToString(CultureInfo.InvariantCulture);
        yield return Units.Accuracy(row.ValidationError);
        if (repeated) yield return Spread(row.Seeds, row.MeanValidationError, row.ValidationErrorDeviation);
        if (tested) yield return row.TestError is { } error ? Units.Accuracy(error) : "-";
        if (tested && repeated) yield return Spread(row.Seeds, row.MeanTestError, row.TestErrorDeviation);
        yield return Units.Bytes(row.ParameterBytes);
        yield return Units.Grouped(row.L0);
        yield return Units.Bytes(row.WorkingMemoryPeakBytes);
        yield return Units.Grouped(row.Macs);
        if (deployed)
        {
            yield return row.Milliseconds is { } time ? Units.Milliseconds(time) : "-";
            yield return row.HeapPeakBytes is { } heap ? Units.Bytes(heap) : "-";
            yield return row.ImageBytes is { } image ? Units.Bytes(image) : "-";
        }
        else
        {
            yield return row.Cycles is { } cycles ? Units.Grouped(cycles) : "-";
        }

        yield return row.Layers;
    }
}
