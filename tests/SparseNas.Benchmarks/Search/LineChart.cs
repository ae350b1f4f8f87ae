using System.Globalization;
using System.Text;

namespace SparseNas.Benchmarks.Search;

/// <summary>One curve with a band around it.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Colour">CSS colour.</param>
/// <param name="Middle">Value after 1, 2, … trials.</param>
/// <param name="Low">Lower edge of the band.</param>
/// <param name="High">Upper edge.</param>
internal sealed record Curve(string Name, string Colour, double[] Middle, double[] Low, double[] High);

/// <summary>Curves over trials as SVG.</summary>
internal static class LineChart
{
    private const int Width = 760, Height = 440, Left = 60, Right = 20, Top = 40, Bottom = 45;

    public static string Svg(string title, string yLabel, IReadOnlyList<Curve> curves)
    {
        int count = curves.Max(curve => curve.Middle.Length), skipped = Math.Min(10, count - 1);
        double low = Math.Floor(20 * curves.Min(curve => curve.Low[skipped])) / 20, high = Math.Ceiling(20 * curves.Max(curve => curve.High.Max())) / 20;
        double X(double trial) => Left + ((Width - Left - Right) * trial / count);
        double Y(double value) => Height - Bottom - ((Height - Top - Bottom) * (Math.Max(value, low) - low) / (high - low));
        string Points(IEnumerable<(double X, double Y)> points) => string.Join(' ', points.Select(point => FormattableString.Invariant($"{point.X:0.#},{point.Y:0.#}")));
        var svg = new StringBuilder();
        void Add(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Add($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/><text x=\"{Left}\" y=\"20\" font-size=\"14\">{title}</text>");
        for (double value = low; value <= high + 1e-9; value += 0.05)
        {
            Add($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(value):0.#}\" y2=\"{Y(value):0.#}\" stroke=\"#ddd\"/><text x=\"{Left - 8}\" y=\"{Y(value) + 4:0.#}\" text-anchor=\"end\">{value:0.00}</text>");
        }

        for (int trial = 0; trial <= count; trial += 50) Add($"<text x=\"{X(trial):0.#}\" y=\"{Height - 25}\" text-anchor=\"middle\">{trial}</text>");
        Add($"<text x=\"{(Width + Left) / 2}\" y=\"{Height - 8}\" text-anchor=\"middle\">trials</text><text x=\"14\" y=\"{Height / 2}\" transform=\"rotate(-90 14 {Height / 2})\" text-anchor=\"middle\">{yLabel}</text>");
        for (int index = 0; index < curves.Count; index++)
        {
            Curve curve = curves[index];
            IEnumerable<(double X, double Y)> Line(double[] values) => values.Select((value, trial) => (X(trial + 1), Y(value)));
            Add($"<polygon points=\"{Points(Line(curve.High).Concat(Line(curve.Low).Reverse()))}\" fill=\"{curve.Colour}\" opacity=\"0.12\"/>");
            Add($"<polyline points=\"{Points(Line(curve.Middle))}\" fill=\"none\" stroke=\"{curve.Colour}\" stroke-width=\"2\"/>");
            int legend = Height - Bottom - 20 - (18 * (curves.Count - 1 - index));
            Add($"<rect x=\"{Width - 210}\" y=\"{legend - 9}\" width=\"14\" height=\"4\" fill=\"{curve.Colour}\"/><text x=\"{Width - 190}\" y=\"{legend}\">{curve.Name}</text>");
        }

        return svg.Append("</svg>\n").ToString();
    }
}
