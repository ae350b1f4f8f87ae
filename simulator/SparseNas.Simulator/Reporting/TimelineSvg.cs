using System.Globalization;
using System.Text;

namespace SparseNas.Simulator;

/// <summary>Heap use over time as a stand-alone SVG picture: the use as an area, the heap's size as a line.</summary>
public static class TimelineSvg
{
    private const int Width = 960, Height = 320, Left = 80, Bottom = 40, Top = 20, Right = 20;

    /// <summary>Draws the timeline of a report.</summary>
    /// <param name="report">The report.</param>
    /// <returns>An SVG document.</returns>
    public static string Draw(SimulationReport report)
    {
        double lastOpcodes = Math.Max(1, report.Timeline.Count > 0 ? report.Timeline[^1].Opcodes : 1);
        double topBytes = Math.Max(1, Math.Min(report.HeapBytes, report.HeapPeakBytes * 1.25));
        string X(double opcodes) => Number(Left + ((Width - Left - Right) * opcodes / lastOpcodes));
        string Y(double bytes) => Number(Height - Bottom - ((Height - Bottom - Top) * bytes / topBytes));
        StringBuilder area = new($"M{X(0)} {Y(0)}");
        foreach (HeapPoint point in report.Timeline) area.Append(CultureInfo.InvariantCulture, $" L{X(point.Opcodes)} {Y(point.UsedBytes)}");
        area.Append(CultureInfo.InvariantCulture, $" L{X(lastOpcodes)} {Y(0)} Z");
        StringBuilder svg = new();
        void Line(string text) => svg.Append(text).Append('\n');
        Line($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">""");
        Line($"""<title>Managed heap of {Escape(report.Board)} over time</title>""");
        Line($"""<rect width="{Width}" height="{Height}" fill="#ffffff"/>""");
        Line($"""<path d="{area}" fill="#7aa6d8" stroke="#2a5a94"/>""");
        Line($"""<line x1="{X(0)}" x2="{X(lastOpcodes)}" y1="{Y(report.HeapPeakBytes)}" y2="{Y(report.HeapPeakBytes)}" stroke="#a03030" stroke-dasharray="4 3"/>""");
        Line($"""<text x="{Left - 6}" y="{Y(report.HeapPeakBytes)}" text-anchor="end">{report.HeapPeakBytes.ToString("n0", CultureInfo.InvariantCulture)}</text>""");
        Line($"""<text x="{Left - 6}" y="{Y(0)}" text-anchor="end">0 bytes</text>""");
        Line($"""<text x="{Width - Right}" y="{Height - 12}" text-anchor="end">{lastOpcodes.ToString("n0", CultureInfo.InvariantCulture)} IL instructions</text>""");
        Line($"""<text x="{Left}" y="{Height - 12}">peak {report.HeapPeakBytes.ToString("n0", CultureInfo.InvariantCulture)} of {report.HeapBytes.ToString("n0", CultureInfo.InvariantCulture)} bytes</text>""");
        Line("</svg>");
        return svg.ToString();
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
