using System.Globalization;
using System.Text;

namespace SparseNas.Simulator;

/// <summary>A report for people: what fits, what is near its limit, where memory and cycles go.</summary>
public static class ReportText
{
    /// <summary>Writes the report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="rows">How many owners and methods to list.</param>
    /// <returns>Lines, each ended by a newline.</returns>
    public static string Write(SimulationReport report, int rows = 8)
    {
        StringBuilder text = new();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        string outcome = report.Exception is { } exception ? $"ended with {exception}" : report.Result is { } result ? $"result {result}" : "ended";
        Line($"{(report.Fits ? "fits" : "DOES NOT FIT")} on {report.Board}: {outcome}");
        foreach (FailedConstructor failed in report.FailedConstructors) Line($"the static constructor of {failed.Type} ended with {failed.Exception} at boot: the device goes on with its fields unset");
        Line($"");
        Line($"{"limit",-28} {"used",12} {"available",12} {"headroom",12}");
        foreach (Limit limit in report.Limits) Line($"{limit.Name,-28} {limit.Used,12:n0} {limit.Available,12:n0} {limit.Headroom,12:n0}{(limit.Fits ? "" : "  <- too much")}");
        Line($"");
        Line($"time    {report.Milliseconds.Expected:n3} ms ({report.Milliseconds.Low:n3} .. {report.Milliseconds.High:n3}), {report.Cycles.Expected:n0} cycles, cost table {report.CostTable}");
        if (report.EstimatedCosts.Count > 0) Line($"        estimated, not measured: {string.Join(", ", report.EstimatedCosts)}");
        if (report.Millijoules is { } energy) Line($"energy  {energy.Expected:n4} mJ ({energy.Low:n4} .. {energy.High:n4})");
        Line($"code    {report.IlOpcodes:n0} IL instructions, {report.StartupOpcodes:n0} at start-up; image {report.PeBytes:n0} bytes, deployment {report.ImageBytes:n0} bytes");
        string smallest = report.MinHeapBytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $", smallest heap {bytes:n0}") : "";
        Line($"heap    peak {report.HeapPeakBytes:n0}, live at the end {report.HeapLiveBytes:n0}, largest free run {report.LargestFreeBytes:n0} bytes{smallest}; {report.Collections} collections, {report.Compactions} compactions");
        if (report.Collections > 0 && report.MinHeapBytes is null) Line($"        the peak counts garbage up to each collection, so it lies near the heap's size; --min-heap finds what the program needs");
        Line($"");
        Line($"{"heap owner",-44} {"bytes",12}");
        foreach (HeapOwner owner in report.HeapOwners.Take(rows)) Line($"{owner.Owner,-44} {owner.Bytes,12:n0}");
        Line($"");
        Line($"{"method",-44} {"cycles",14} {"share",7}");
        foreach (MethodProfile method in report.Profile.Take(rows)) Line($"{method.Method,-44} {method.Cycles,14:n0} {method.Cycles / Math.Max(1, report.Cycles.Expected),7:p1}");
        if (report.Lines.Count == 0) return text.ToString();
        Line($"");
        Line($"{"source line",-44} {"cycles",14} {"share",7}");
        foreach (LineProfile line in report.Lines.Take(rows)) Line($"{$"{line.File}:{line.Line} {line.Method}",-44} {line.Cycles,14:n0} {line.Cycles / Math.Max(1, report.Cycles.Expected),7:p1}");
        return text.ToString();
    }

    /// <summary>Call stacks with sample counts, the input of flame graph tools: <c>Main;Model.Run;Model.Conv1;Conv1.cs:31 812</c>, the source line only where symbols are known.</summary>
    /// <param name="report">The report.</param>
    /// <returns>Lines, each ended by a newline.</returns>
    public static string FoldedStacks(SimulationReport report) =>
        string.Concat(report.FoldedStacks.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value}\n")));
}
