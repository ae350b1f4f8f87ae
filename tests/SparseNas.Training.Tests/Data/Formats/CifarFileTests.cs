using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Data.Formats;

namespace SparseNas.Training.Tests.Data.Formats;

public sealed class CifarFileTests : IDisposable
{
    private const int RecordBytes = 3073;
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("batch.bin")]
    [InlineData("batch.bin.gz")]
    public void PlanesBecomePixels(string name)
    {
        byte[] first = Batch(new SeededRandom(1), 3), second = Batch(new SeededRandom(2), 2);
        string Write(string prefix, byte[] bytes) => folder.Write(prefix + name, name.EndsWith(".gz", StringComparison.Ordinal) ? TemporaryFolder.Gzip(bytes) : bytes);
        Samples samples = CifarFile.ReadSamples([Write("1", first), Write("2", second)]);
        byte[] all = [.. first, .. second];
        Assert.Equal(5, samples.Count);
        for (int sample = 0; sample < 5; sample++)
        {
            Assert.Equal(all[sample * RecordBytes], samples.Label(sample));
            for (int row = 0; row < 32; row++)
            {
                for (int column = 0; column < 32; column++)
                {
                    for (int channel = 0; channel < 3; channel++)
                    {
                        Assert.Equal(
                            all[(sample * RecordBytes) + 1 + (channel * 1024) + (row * 32) + column],
                            samples.Image(sample)[CifarFile.Shape.Index(row, column, channel)]);
                    }
                }
            }
        }
    }

    [Fact]
    public void DamageIsNamedWithOffsetAndLaw()
    {
        byte[] good = Batch(new SeededRandom(1), 3);
        Breaks(good[..^1], 2 * RecordBytes, "found 2 records and 3072 bytes");
        Breaks([], 0, "found 0 records and 0 bytes");
        byte[] mislabelled = [.. good];
        mislabelled[RecordBytes] = 10;
        Breaks(mislabelled, RecordBytes, "record 1 begins with its label: expected 0..9, found 10");
    }

    public void Dispose() => folder.Dispose();

    private void Breaks(byte[] bytes, long offset, string law)
    {
        var problem = Assert.Throws<DatasetException>(() => CifarFile.ReadSamples([folder.Write("bad.bin", bytes)]));
        Assert.Contains(law, problem.Message);
        Assert.Equal(offset, problem.OffsetBytes);
    }

    private static byte[] Batch(SeededRandom random, int records)
    {
        byte[] bytes = [.. Enumerable.Range(0, records * RecordBytes).Select(_ => (byte)random.Next(256))];
        for (int record = 0; record < records; record++) bytes[record * RecordBytes] = (byte)random.Next(10);
        return bytes;
    }
}
