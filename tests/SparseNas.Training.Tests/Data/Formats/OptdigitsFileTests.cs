using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Data.Formats;

namespace SparseNas.Training.Tests.Data.Formats;

public sealed class OptdigitsFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void RowsAreImagesAndDigits(string lineEnd)
    {
        Samples samples = OptdigitsFile.ReadSamples(folder.Write("good", Row(16, 3) + lineEnd + Row(0, 9) + lineEnd));
        Assert.Equal((2, new Shape(8, 8, 1)), (samples.Count, samples.Shape));
        Assert.Equal([3, 9], samples.Labels.ToArray());
        Assert.Equal(Enumerable.Repeat((byte)16, 64), samples.Image(0).ToArray());
    }

    [Fact]
    public void AllBrokenRowsAreNamedAtOnce()
    {
        string text = Row(16, 3) + "\n" + Row(17, 10) + "\n1,2,3\n" + Row(5, 5) + "\n" + Row(1, 1) + "\n";
        string message = Assert.Throws<DatasetException>(() => OptdigitsFile.ReadSamples(folder.Write("bad", text))).Message;
        Assert.Contains("line 2, field 1: expected a count 0..16, found '17'", message);
        Assert.EndsWith("and 56 more.", message); // 64 counts and a digit in line 2 and the whole line 3, of which ten are shown

        message = Assert.Throws<DatasetException>(() => OptdigitsFile.ReadSamples(folder.Write("bad", "1,2,3\n" + Row(1, 12)))).Message;
        Assert.Contains("line 1: a row has 64 counts and a digit: expected 65 fields, found 3; line 2, field 65: expected a digit 0..9, found '12'.", message);
        Assert.Throws<DatasetException>(() => OptdigitsFile.ReadSamples(folder.Write("empty", "")));
    }

    public void Dispose() => folder.Dispose();

    private static string Row(int count, int digit) => string.Join(',', Enumerable.Repeat(count, 64)) + "," + digit;
}
