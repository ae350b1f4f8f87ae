using System.Text;

namespace SparseNas.Cli;

/// <summary>
/// A table as aligned text. Figures never wrap: on a terminal that is too narrow only the last column is cut, in a file nothing is.
/// </summary>
internal sealed class TextTable(params IReadOnlyList<string> headers)
{
    private const string Gap = "  ";
    private const int LeastLastColumn = 12;
    private readonly List<string[]> rows = [];

    /// <summary>Columns that hold words; the others are right-aligned.</summary>
    public HashSet<int> Words { get; init; } = [headers.Count - 1];

    public void Add(params string[] cells) => rows.Add(cells);

    /// <summary>Lines without trailing blanks: header, rule, rows.</summary>
    /// <param name="width">Characters of a line, or null for any number.</param>
    public IEnumerable<string> Lines(int? width)
    {
        int last = headers.Count - 1;
        int[] widths = [.. headers.Select((header, column) => rows.Select(row => row[column].Length).Append(header.Length).Max())];
        if (width is { } most) widths[last] = Math.Min(widths[last], Math.Max(most - widths[..last].Sum(w => w + Gap.Length) - Gap.Length, LeastLastColumn));
        yield return Line(headers, widths);
        yield return Gap + new string('-', widths.Sum() + (Gap.Length * last));
        foreach (string[] row in rows) yield return Line(row, widths);
    }

    private string Line(IReadOnlyList<string> cells, int[] widths)
    {
        var line = new StringBuilder();
        for (int column = 0; column < cells.Count; column++)
        {
            string cell = cells[column].Length <= widths[column] ? cells[column] : cells[column][..(widths[column] - 1)] + "…";
            line.Append(Gap).Append(Words.Contains(column) ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
        }

        return line.ToString().TrimEnd();
    }
}
