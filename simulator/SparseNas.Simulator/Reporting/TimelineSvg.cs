using System.Globalization;
using System.Text;

namespace SparseNas.Simulator;

/// <summary>
/// Heap use over time as a stand-alone SVG picture. Two areas on each other: what the runtime takes for tables, threads and frames, and above it the program's
/// objects with the garbage that no collection has freed yet. A line marks the peak, another the end of the heap.
/// </summary>
public static class TimelineSvg
{
    private const int Width = 960, Height = 360, Left = 80, Bottom = 60, Top = 40, Right = 20;
    private const string MachineryColour = "#d9a441", ObjectColour = "#7aa6d8", PeakColour = "#a03030";

    /// <summary>Draws the timeline of a report.</summary>
    /// <param name="report">The report.</param>
    /// <returns>An SVG document.</returns>
    public static string Draw(SimulationReport report)
    {
        double lastOpcodes = Math.Max(1, report.Timeline.Count > 0 ? report.Timeline[^1].Opcodes : 1);
        double topBytes = Math.Max(1, Math.Min(report.HeapBytes * 1.02, report.HeapPeakBytes * 1.25));
        string X(double opcodes) => Number(Left + ((Width - Left - Right) * opcodes / lastOpcodes));
        string Y(double bytes) => Number(Height - Bottom - ((Height - Bottom - Top) * bytes / topBytes));
        string Area(Func<HeapPoint, int> bytes) => $"M{X(0)} {Y(0)}{string.Concat(report.Timeline.Select(point => $" L{X(point.Opcodes)} {Y(bytes(point))}"))} L{X(lastOpcodes)} {Y(0)} Z";
        StringBuilder svg = new();
        void Line(string text) => svg.Append(text).Append('\n');
        Line($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">""");
        Line($"""<title>Managed heap of {Escape(report.Board)} over time</title>""");
        Line($"""<rect width="{Width}" height="{Height}" fill="#ffffff"/>""");
        double step = Step(topBytes);
        for (double tick = 0; tick <= topBytes; tick += step)
        {
            Line($"""<line x1="{Left}" x2="{Width - Right}" y1="{Y(tick)}" y2="{Y(tick)}" stroke="#e4e4e4"/>""");
            Line($"""<text x="{Left - 6}" y="{Y(tick)}" dy="4" text-anchor="end">{Count(tick)}</text>""");
        }

        Line($"""<path d="{Area(point => point.UsedBytes)}" fill="{ObjectColour}"/>""");
        Line($"""<path d="{Area(point => point.MachineryBytes)}" fill="{MachineryColour}"/>""");
        Line($"""<line x1="{Left}" x2="{Width - Right}" y1="{Y(report.HeapPeakBytes)}" y2="{Y(report.HeapPeakBytes)}" stroke="{PeakColour}" stroke-dasharray="4 3"/>""");
        if (report.HeapBytes <= topBytes) Line($"""<line x1="{Left}" x2="{Width - Right}" y1="{Y(report.HeapBytes)}" y2="{Y(report.HeapBytes)}" stroke="#202020"/>""");
        Legend(Line, report);
        for (int quarter = 0; quarter <= 4; quarter++)
        {
            string anchor = quarter == 0 ? "start" : quarter == 4 ? "end" : "middle";
            Line($"""<text x="{X(lastOpcodes * quarter / 4)}" y="{Height - Bottom + 18}" text-anchor="{anchor}">{Count(lastOpcodes * quarter / 4)}</text>""");
        }

        Line($"""<text x="{Width - Right}" y="{Height - 12}" text-anchor="end">IL instructions since the boot; the run takes {report.Milliseconds.Expected.ToString("n2", CultureInfo.InvariantCulture)} ms</text>""");
        Line("</svg>");
        return svg.ToString();
    }

    private static void Legend(Action<string> line, SimulationReport report)
    {
        line($"""<rect x="{Left}" y="12" width="12" height="12" fill="{ObjectColour}"/><text x="{Left + 18}" y="22">objects, garbage included ({report.Collections} collections)</text>""");
        line($"""<rect x="{Left + 290}" y="12" width="12" height="12" fill="{MachineryColour}"/><text x="{Left + 308}" y="22">tables, threads, frames</text>""");
        string end = report.Exception is null ? "" : $", ended with {Escape(report.Exception)}";
        line($"""<text x="{Left + 470}" y="22"><tspan fill="{PeakColour}">- - peak {Count(report.HeapPeakBytes)}</tspan> of {Count(report.HeapBytes)} bytes on {Escape(report.Board)}{end}</text>""");
        line($"""<text x="{Left}" y="{Height - 12}">bytes in the managed heap</text>""");
    }

    /// <summary>One, two or five times a power of ten, so that three to seven lines fit.</summary>
    private static double Step(double top)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(top / 3)));
        return power * (top / power >= 15 ? 5 : top / power >= 6 ? 2 : 1);
    }

    private static string Count(double value) => value.ToString("n0", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
