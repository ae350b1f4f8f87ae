using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Data.Formats;

namespace SparseNas.Training.Tests.Data.Formats;

public sealed class IdxFileTests : IDisposable
{
    private static readonly byte[] Labels = Idx([5], [0, 1, 2, 1, 0]);
    private static readonly byte[] Images = Idx([5, 2, 3], [.. Enumerable.Range(0, 30).Select(value => (byte)value)]);
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ThreeAndFourDimensionsAreReadPlainAndCompressed(bool compress)
    {
        Samples grey = Read(Images, Labels, compress);
        Assert.Equal((new Shape(2, 3, 1), 5, 3), (grey.Shape, grey.Count, grey.Classes));
        Assert.Equal([6, 7, 8, 9, 10, 11], grey.Image(1).ToArray());
        Samples colour = Read(Idx([5, 1, 2, 3], [.. Images.Skip(16)]), Labels, compress);
        Assert.Equal(new Shape(1, 2, 3), colour.Shape);
        Assert.Equal(grey.Pixels.ToArray(), colour.Pixels.ToArray());
    }

    public static TheoryData<string, byte[], byte[], int?, long, string> Broken => new()
    {
        { "images", [0, 0, 8, 1, .. Images[4..]], Labels, 3, 0, "expected 00 00 08 and 3 or 4, found 00000801" },
        { "images", [0, 0, 0x0D, 3, .. Images[4..]], Labels, 3, 0, "found 00000D03" },
        { "images", [0x1F, 0x8B, 8, 3, .. Images[4..]], Labels, 3, 0, "found 1F8B0803" },
        { "images", [], Labels, 3, 0, "the IDX magic number must be in the file: expected 4 bytes, found 0 bytes" },
        { "images", Images[..10], Labels, 3, 8, "dimension 2 of 3 must be in the file" },
        { "images", Idx([5, 0, 3], []), Labels, 3, 8, "dimension 2 is a positive 32-bit number" },
        { "images", Idx([5, -1, 3], []), Labels, 3, 8, "found 4294967295" },
        { "images", Images[..^1], Labels, 3, 16, "expected 30 bytes, found 29 bytes" },
        { "images", [.. Images, 0], Labels, 3, 46, "nothing may follow 5 x 2 x 3 elements" },
        { "images", Idx([4, 2, 3], new byte[24]), Labels, 3, 4, "as many images as there are labels in labels: expected 5, found 4" },
        { "images", Idx([int.MaxValue, int.MaxValue, int.MaxValue], new byte[9]), Labels, 3, 16, "found 9 bytes" },
        { "labels", Images, Idx([5], [0, 1, 3, 9, 0]), 3, 10, "every label is a class: expected 0..2, found 3" },
        { "labels", Images, Images, 3, 0, "00 00 08 and 1" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void DamageIsNamedWithFileOffsetAndLaw(string file, byte[] images, byte[] labels, int? classes, long offset, string law)
    {
        var problem = Assert.Throws<DatasetException>(() => Read(images, labels, false, classes));
        Assert.Contains(law, problem.Message);
        Assert.Equal(offset, problem.OffsetBytes);
        Assert.Equal(file, Path.GetFileName(problem.File));
        Assert.StartsWith(problem.File!, problem.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AHeaderThatClaimsGigabytesAllocatesNothing(bool compress)
    {
        byte[] hostile = Idx([60_000, 30, 1190], new byte[50]); // 2.1 GB would fit an array
        GC.GetAllocatedBytesForCurrentThread();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DatasetException>(() => Read(hostile, Idx([60_000], new byte[60_000]), compress));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    [Fact]
    public void AnyMutationOfACompressedFileIsAnErrorOrHarmless() => MutateCompressedFile(seeds: 500);

    [Fact]
    [Trait("Category", "Exhaustive")]
    public void AnyMutationOfACompressedFileIsAnErrorOrHarmlessExhaustively() => MutateCompressedFile(seeds: 20000);

    private void MutateCompressedFile(ulong seeds)
    {
        byte[] good = TemporaryFolder.Gzip(Images);
        string labels = folder.Write("labels", Labels);
        byte[] expected = Images[16..];
        for (ulong seed = 0; seed < seeds; seed++)
        {
            string path = folder.Write("images.gz", Mutations.Of(good, new SeededRandom(seed)));
            try
            {
                Assert.Equal(expected, IdxFile.ReadSamples(path, labels, 3).Pixels.ToArray());
            }
            catch (DatasetException problem)
            {
                Assert.StartsWith(path, problem.Message);
            }
        }
    }

    [Fact]
    public void AnyMutationOfAPlainFileIsAnErrorOrAnotherImage() => MutatePlainFile(seeds: 500);

    [Fact]
    [Trait("Category", "Exhaustive")]
    public void AnyMutationOfAPlainFileIsAnErrorOrAnotherImageExhaustively() => MutatePlainFile(seeds: 20000);

    private void MutatePlainFile(ulong seeds)
    {
        string labels = folder.Write("labels", Labels);
        ulong errors = 0;
        for (ulong seed = 0; seed < seeds; seed++)
        {
            byte[] mutated = Mutations.Of(Images, new SeededRandom(seed));
            string path = folder.Write("images", mutated);
            try
            {
                Samples samples = IdxFile.ReadSamples(path, labels, 3);
                Assert.Equal((5, mutated.Length - 16), (samples.Count, samples.Pixels.Length));
            }
            catch (DatasetException problem)
            {
                Assert.StartsWith(path, problem.Message);
                errors++;
            }
        }

        Assert.InRange(errors, seeds / 4, seeds - 1);
    }

    [Fact]
    public void TruncatedOrExtendedFilesAreAlwaysErrors()
    {
        byte[] good = TemporaryFolder.Gzip(Images);
        string labels = folder.Write("labels", Labels);
        for (int length = 0; length < good.Length; length++)
            Assert.Throws<DatasetException>(() => IdxFile.ReadSamples(folder.Write("images.gz", good[..length]), labels, 3));
        foreach (byte[] tail in new byte[][] { [0], [1, 2, 3, 4], good, new byte[100] })
            Assert.Throws<DatasetException>(() => IdxFile.ReadSamples(folder.Write("images.gz", [.. good, .. tail]), labels, 3));
    }

    [Fact]
    public void AMissingFileIsNamed()
    {
        string labels = folder.Write("labels", Labels);
        var problem = Assert.Throws<DatasetException>(() => IdxFile.ReadSamples(Path.Combine(folder.Path, "absent"), labels));
        Assert.EndsWith("absent: the file does not exist.", problem.Message);
    }

    public void Dispose() => folder.Dispose();

    internal static byte[] Idx(int[] dimensions, byte[] values) =>
        [0, 0, 8, (byte)dimensions.Length, .. dimensions.SelectMany(size => new[] { (byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size }), .. values];

    private Samples Read(byte[] images, byte[] labels, bool compress, int? classes = 3) => compress
        ? IdxFile.ReadSamples(folder.Write("images.gz", TemporaryFolder.Gzip(images)), folder.Write("labels.gz", TemporaryFolder.Gzip(labels)), classes)
        : IdxFile.ReadSamples(folder.Write("images", images), folder.Write("labels", labels), classes);
}
