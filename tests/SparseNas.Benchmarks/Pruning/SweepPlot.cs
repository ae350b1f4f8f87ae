using System.Globalization;
using System.Text;

namespace SparseNas.Benchmarks.Pruning;

/// <summary>One network of a sweep.</summary>
/// <param name="Method">Pruning method.</param>
/// <param name="Strength">Sparsity, or weight of the divergence.</param>
/// <param name="TestError">Share of wrong answers.</param>
/// <param name="WeightBytes">Packed weights.</param>
/// <param name="ArenaBytes">Planned arena.</param>
/// <param name="RemovesChannels">Whether the method removes structure, or single weights.</param>
internal sealed record SweepPoint(string Method, double Strength, double TestError, int WeightBytes, int ArenaBytes, bool RemovesChannels);

/// <summary>
/// Two panels side by side, error (logarithmic) against packed bytes and against arena bytes, one colour per method; methods that remove single
/// weights are dashed and hollow.
/// </summary>
internal static class SweepPlot
{
    private const int PanelWidth = 420, PanelHeight = 340, Margin = 60, LegendHeight = 90;

    private static readonly string[] Colours = ["#222222", "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#bcbd22", "#17becf"];

    public static string Svg(IReadOnlyList<SweepPoint> points)
    {
        var text = new StringBuilder();
        int width = 2 * (PanelWidth + Margin) + Margin, height = PanelHeight + (2 * Margin) + LegendHeight;
        text.AppendLine($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">");
        text.AppendLine($"<rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>");
        Panel(text, Margin, points, "packed weight bytes", point => point.WeightBytes);
        Panel(text, (2 * Margin) + PanelWidth, points, "arena bytes", point => point.ArenaBytes);
        string[] methods = Methods(points);
        for (int at = 0; at < methods.Length; at++)
        {
            int x = Margin + (at % 4 * 220), y = PanelHeight + (2 * Margin) + (at / 4 * 22);
            string mark = Mark(Colours[at % Colours.Length], points.First(point => point.Method == methods[at]));
            text.AppendLine($"<circle cx=\"{x}\" cy=\"{y - 4}\" r=\"4\" {mark}/><text x=\"{x + 10}\" y=\"{y}\">{methods[at]}</text>");
        }

        return text.AppendLine("</svg>").ToString();
    }

    private static void Panel(StringBuilder text, int left, IReadOnlyList<SweepPoint> points, string label, Func<SweepPoint, double> bytes)
    {
        double largest = points.Max(bytes) * 1.05;
        double low = Math.Log10(points.Min(point => Math.Max(point.TestError, 1e-4)) * 0.8), high = Math.Log10(points.Max(point => point.TestError) * 1.2);
        double X(double value) => left + (value / largest * PanelWidth);
        double Y(double error) => Margin + ((high - Math.Log10(Math.Max(error, 1e-4))) / (high - low) * PanelHeight);

        text.AppendLine($"<rect x=\"{left}\" y=\"{Margin}\" width=\"{PanelWidth}\" height=\"{PanelHeight}\" fill=\"none\" stroke=\"#888\"/>");
        text.AppendLine($"<text x=\"{left + (PanelWidth / 2)}\" y=\"{Margin + PanelHeight + 36}\" text-anchor=\"middle\">{label}</text>");
        foreach (double share in (double[])[0, 0.25, 0.5, 0.75, 1])
        {
            text.AppendLine(Format($"<text x=\"{X(share * largest):F1}\" y=\"{Margin + PanelHeight + 16}\" text-anchor=\"middle\">{share * largest:F0}</text>"));
        }

        foreach (double error in (double[])[0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5])
        {
            if (Y(error) < Margin || Y(error) > Margin + PanelHeight) continue;
            text.AppendLine(Format($"<text x=\"{left - 6}\" y=\"{Y(error) + 4:F1}\" text-anchor=\"end\">{error:P1}</text>"));
        }

        string[] methods = Methods(points);
        for (int at = 0; at < methods.Length; at++)
        {
            SweepPoint[] own = [.. points.Where(point => point.Method == methods[at]).OrderBy(bytes)];
            string colour = Colours[at % Colours.Length];
            text.AppendLine(Format($"<polyline fill=\"none\" stroke=\"{colour}\"{(own[0].RemovesChannels ? "" : " stroke-dasharray=\"5 3\"")} points=\"{string.Join(' ', own.Select(point => Format($"{X(bytes(point)):F1},{Y(point.TestError):F1}")))}\"/>"));
            foreach (SweepPoint point in own)
            {
                text.AppendLine(Format($"<circle cx=\"{X(bytes(point)):F1}\" cy=\"{Y(point.TestError):F1}\" r=\"4\" {Mark(colour, point)}><title>{point.Method} {point.Strength}: {point.TestError:P2}</title></circle>"));
            }
        }
    }

    private static string Mark(string colour, SweepPoint point) => $"fill=\"{(point.RemovesChannels ? colour : "white")}\" stroke=\"{colour}\"";

    private static string[] Methods(IReadOnlyList<SweepPoint> points) => [.. points.Select(point => point.Method).Distinct()];

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
