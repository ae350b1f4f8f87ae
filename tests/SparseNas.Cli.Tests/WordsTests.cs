using SparseNas.Boards;
using SparseNas.Cli.Deployment;
using SparseNas.Networks;
using SparseNas.Search;
using SparseNas.Training.Data;

namespace SparseNas.Cli.Tests;

public class WordsTests
{
    [Theory]
    [InlineData("runs/quickstart", "runs/quickstart")]
    [InlineData("my runs", "'my runs'")]
    [InlineData("it's; rm -rf /", "'it'\\''s; rm -rf /'")]
    [InlineData("", "''")]
    public void Printed_commands_can_be_pasted_whatever_a_folder_is_called(string word, string quoted) => Assert.Equal(quoted, Shell.Quote(word));

    [Theory]
    [InlineData(9_999, "9,999 B")]
    [InlineData(54_472, "53.2 KB")]
    public void Bytes_are_shown_exactly_while_they_are_few(long bytes, string text) => Assert.Equal(text, Units.Bytes(bytes));

    [Fact]
    public void An_error_is_shown_as_accuracy_in_any_culture() => Assert.Equal("98.75 %", Units.Accuracy(0.0125));

    [Fact]
    public void Mistakes_are_exit_code_2_failures_1_and_defects_keep_their_trace()
    {
        Assert.Equal(2, Code(new UsageException("x")));
        Assert.Equal(2, Code(new ArchitectureException("x", ["y"])));
        Assert.Equal(2, Code(new StudyException("x", ["y"])));
        Assert.Equal(2, Code(new DatasetException("x", "y")));
        Assert.Equal(2, Code(new ConfigurationException("x", ["y"])));
        Assert.Equal(1, Code(new IOException("x")));
        Assert.Equal(1, Code(new StudyStoreException("x", "y")));
        Assert.Equal(3, Code(new NothingFitsException("x")));
        Assert.Equal(130, Code(new OperationCanceledException()));
        Assert.False(Failure.IsExpected(new InvalidOperationException("a defect")));
    }

    [Theory]
    [InlineData("Run")]
    [InlineData("Case.Run(); System.Exit")]
    [InlineData("Case.1Run")]
    public void An_entry_is_a_name_and_nothing_else(string entry) => Assert.Throws<UsageException>(() => EntryDriver.For(entry, "int"));

    private static int Code(Exception exception)
    {
        using var error = new StringWriter();
        return Failure.Report(exception, new Terminal(TextWriter.Null, error, false, false, false));
    }
}
