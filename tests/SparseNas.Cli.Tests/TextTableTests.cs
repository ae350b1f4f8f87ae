namespace SparseNas.Cli.Tests;

public class TextTableTests
{
    private static readonly TextTable Table = Sample();

    [Fact]
    public void Figures_stand_right_and_words_left_without_trailing_blanks()
    {
        Assert.Equal(
            ["  trial  error  layers", "  --------------------------", "      1   12 %  conv dense", "    200    3 %  conv conv gap"],
            Table.Lines(null).Select(line => line.StartsWith("  --", StringComparison.Ordinal) ? "  --------------------------" : line));
    }

    [Fact]
    public void Only_the_last_column_is_cut_on_a_narrow_terminal()
    {
        string[] lines = [.. Table.Lines(28)];
        Assert.All(lines, line => Assert.True(line.Length <= 28, line));
        Assert.EndsWith("…", lines[3], StringComparison.Ordinal);
        Assert.Contains("200    3 %", lines[3], StringComparison.Ordinal);
    }

    private static TextTable Sample()
    {
        var table = new TextTable("trial", "error", "layers");
        table.Add("1", "12 %", "conv dense");
        table.Add("200", "3 %", "conv conv gap");
        return table;
    }
}
