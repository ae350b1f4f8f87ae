using System.Globalization;
using System.Text;

namespace SparseNas.Networks;

/// <summary>
/// A plan as people see it: time runs down, the arena runs from left to right, each tensor is a block. Steps that run row by row are marked
/// <c>rows</c>: the blocks are the rows of each tensor that are held while that step makes a row.
/// </summary>
/// <example><code>
/// step               0 B                                                  1352 B
/// input              ................................aaaaaaaaaaaaaaaaaaaaaaaaaaa
/// 0 conv1            bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbaaaaaaaaaaaaaaaaaa
/// </code></example>
public static class PlanPicture
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private const char Empty = '.';
    private const int NameColumns = 22;
    private const int RowHeight = 22;
    private const int SvgNames = 150;
    private const int SvgWidth = 720;

    /// <summary>Text of at most <paramref name="columns"/> characters for the arena; lines end with LF.</summary>
    public static string Ascii(OperatorGraph graph, MemoryPlan plan, int columns = 64)
    {
        var text = new StringBuilder();
        string end = $"{plan.ArenaBytes} B";
        text.Append("step".PadRight(NameColumns)).Append("0 B".PadRight(Math.Max(columns - end.Length, 4))).Append(end).Append('\n');
        for (int step = -1; step < plan.Order.Length; step++)
        {
            char[] line = [.. Enumerable.Repeat(Empty, columns)];
            foreach (PlannedBuffer buffer in Alive(plan, step))
            {
                int from = Column(buffer.OffsetBytes, plan, columns), to = Math.Max(Column(buffer.EndBytes, plan, columns), from + 1);
                Array.Fill(line, Letters[(buffer.Tensor + 1) % Letters.Length], from, Math.Min(to, columns) - from);
            }

            text.Append(StepName(graph, plan, step).PadRight(NameColumns)).Append(line).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>An SVG document of the same picture.</summary>
    public static string Svg(OperatorGraph graph, MemoryPlan plan)
    {
        int height = (plan.Order.Length + 2) * RowHeight;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{SvgNames + SvgWidth + 20}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{SvgNames}\" y=\"15\">arena of {plan.ArenaBytes} bytes</text>\n");
        for (int step = -1; step < plan.Order.Length; step++)
        {
            int y = (step + 2) * RowHeight;
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"4\" y=\"{y + 15}\">{StepName(graph, plan, step)}</text>\n");
            foreach (PlannedBuffer buffer in Alive(plan, step))
            {
                double x = SvgNames + ((double)buffer.OffsetBytes * SvgWidth / plan.ArenaBytes), width = (double)buffer.SizeBytes * SvgWidth / plan.ArenaBytes;
                string name = buffer.Tensor < 0 ? "input" : graph.Operators[buffer.Tensor].Name;
                int hue = (buffer.Tensor + 1) * 67 % 360;
                svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:0.0}\" y=\"{y}\" width=\"{width:0.0}\" height=\"{RowHeight - 2}\" fill=\"hsl({hue},60%,75%)\" fill-opacity=\"0.8\" stroke=\"#555\"><title>{name}: {buffer.OffsetBytes}..{buffer.EndBytes - 1}</title></rect>\n");
            }
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Living buffers, oldest first, so that an output is drawn over the input that it consumes.</summary>
    private static IEnumerable<PlannedBuffer> Alive(MemoryPlan plan, int step) =>
        plan.RowBuffers.Concat(plan.Buffers).Where(buffer => buffer.FirstStep <= step && step <= buffer.LastStep).OrderBy(buffer => buffer.FirstStep);

    private static int Column(int bytes, MemoryPlan plan, int columns) => (int)((long)bytes * columns / Math.Max(plan.ArenaBytes, 1));

    private static string StepName(OperatorGraph graph, MemoryPlan plan, int step) =>
        step < 0 ? (plan.Rows.IsEmpty ? "input" : "input row")
        : Shorten($"{step} {graph.Operators[plan.Order[step]].Name}{(step < plan.RowOperators ? " rows" : "")}");

    private static string Shorten(string name) => name.Length < NameColumns ? name : name[..(NameColumns - 2)] + "~";
}
