using System.IO.Compression;
using SparseNas.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Training.Tests.Data.UserData;

public sealed class ArrayDatasetTests : IDisposable
{
    private static readonly byte[] SixBytes = [0, 50, 100, 150, 200, 250];
    private static readonly byte[] TwoLabels = NumpyFiles.Npy("|u1", "(2,)", [1, 0]);
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, byte[]> Types()
    {
        static byte[] Each(Func<byte, byte[]> write) => [.. SixBytes.SelectMany(write)];
        static byte[] Swapped(byte[] bytes) => [.. bytes.Reverse()];
        return new TheoryData<string, byte[]>
        {
            { "|u1", SixBytes },
            { "<u2", Each(value => BitConverter.GetBytes((ushort)value)) },
            { ">u2", Each(value => Swapped(BitConverter.GetBytes((ushort)value))) },
            { "<i2", Each(value => BitConverter.GetBytes((short)value)) },
            { "<u4", Each(value => BitConverter.GetBytes((uint)value)) },
            { ">i4", Each(value => Swapped(BitConverter.GetBytes((int)value))) },
            { "<u8", Each(value => BitConverter.GetBytes((ulong)value)) },
            { "<i8", Each(value => BitConverter.GetBytes((long)value)) },
            { "<f2", Each(value => BitConverter.GetBytes((Half)value)) },
            { "<f4", Each(value => BitConverter.GetBytes((float)value)) },
            { ">f4", Each(value => Swapped(BitConverter.GetBytes((float)value))) },
            { "<f8", Each(value => BitConverter.GetBytes((double)value)) },
        };
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryElementTypeIsRead(string descr, byte[] elements)
    {
        folder.Write("x.npy", NumpyFiles.Npy(descr, "(2, 3)", elements, version: 2));
        folder.Write("y.npy", TwoLabels);
        Dataset data = Load("""{ "train": { "samples": "x.npy", "labels": "y.npy" }, "test": { "samples": "x.npy", "labels": "y.npy" } }""");
        Assert.Equal(SixBytes, data.Train.Pixels.ToArray());
        Assert.Equal([1, 0], data.Train.Labels.ToArray());
        Assert.Equal((new Shape(1, 3, 1), InputEncoding.UnitRange), (data.Shape, data.Encoding));
        Assert.Equal(SixBytes, data.Test.Value.Pixels.ToArray());
    }

    [Fact]
    public void FloatsAreQuantisedWithTheStatedRange()
    {
        float[] reals = [-8, -0.02f, 0, 0.04f, 8, 20];
        folder.Write("x.npy", NumpyFiles.Npy("<f4", "(2, 3)", [.. reals.SelectMany(BitConverter.GetBytes)]));
        folder.Write("y.npy", TwoLabels);
        Dataset data = Load(
            """{ "minimum": -8, "maximum": 8, "shape": [3, 1, 1], "train": { "samples": "x.npy", "labels": "y.npy" }, "test": { "samples": "x.npy", "labels": "y.npy" } }""");
        Assert.Equal(new Shape(3, 1, 1), data.Shape);
        Assert.Equal(16f / 255, data.Encoding.Scale);
        for (int index = 0; index < reals.Length - 1; index++)
            Assert.Equal(reals[index], data.Encoding.ToReal(data.Train.Pixels[index]), tolerance: data.Encoding.Scale * 1.001f);
        Assert.Equal(data.Encoding.ZeroPoint, data.Train.Pixels[2]);
        Assert.Equal(255, data.Train.Pixels[5]);
        Assert.Contains("1 of 6 training values lay outside of -8..8", data.Provenance);
    }

    [Fact]
    public void BytesWithARangeAreRealNumbersToo()
    {
        folder.Write("x.npy", NumpyFiles.Npy("|u1", "(2, 1)", [0, 1]));
        folder.Write("y.npy", TwoLabels);
        Dataset data = Load("""{ "minimum": 0, "maximum": 1, "train": { "samples": "x.npy", "labels": "y.npy" }, "testFraction": 0.5 }""");
        Assert.Equal([0, 255], data.Train.Pixels.ToArray().Concat(data.Test.Value.Pixels.ToArray()).Order().Select(value => (int)value));
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void AnArchiveWithTheUsualKeysIsADataset(CompressionLevel level)
    {
        byte[] x = NumpyFiles.Npy("|u1", "(2, 3, 1, 1)", SixBytes), y = NumpyFiles.Npy("<i8", "(2, 1)", [0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]);
        string path = folder.Write("mine.npz", NumpyFiles.Npz(level, ("x_train", x), ("y_train", y), ("x_test", x), ("y_test", y)));
        Dataset data = DatasetCatalog.Load(path);
        Assert.Equal(("mine", 5, new Shape(3, 1, 1)), (data.Name, data.Classes, data.Shape));
        Assert.Equal([0, 4], data.Test.Value.Labels.ToArray());
    }

    public static TheoryData<byte[], byte[], string> Broken => new()
    {
        { [1, .. NumpyFiles.Npy("|u1", "(2, 3)", SixBytes)[1..]], TwoLabels, "a NumPy array begins with 93 'NUMPY'" },
        { NumpyFiles.Npy("|u1", "(2, 3)", SixBytes, version: 4), TwoLabels, "at byte 6: the version of the format is known: expected 1, 2 or 3, found 4" },
        { NumpyFiles.Npy("|O", "(2, 3)", SixBytes), TwoLabels, "descr is a simple type" },
        { NumpyFiles.Npy("|u1", "(2, 3)", SixBytes, fortran: "True"), TwoLabels, "the elements are in C order" },
        { NumpyFiles.Npy("|u1", "(2, 0)", []), TwoLabels, "dimension 2 is a positive 32-bit number" },
        { NumpyFiles.Npy("|u1", "()", [1]), TwoLabels, "an array has dimensions" },
        { NumpyFiles.Npy("<f8", "(2, 2000000000, 2000000000, 2000000000)", [1]), TwoLabels, "found 1 bytes" },
        { NumpyFiles.Npy("|u1", "(2, 4)", SixBytes), TwoLabels, "2 x 4 elements of type u1 must be in the file: expected 8 bytes, found 6 bytes" },
        { NumpyFiles.Npy("|u1", "(2, 2)", SixBytes), TwoLabels, "nothing may follow 2 x 2 elements" },
        { NumpyFiles.Npy("|u1", "(3, 2)", SixBytes), TwoLabels, "expected 2, found 3" },
        { NumpyFiles.Npy("|u1", "(6,)", SixBytes), TwoLabels, "samples have 2, 3 or 4 dimensions" },
        { NumpyFiles.Npy("|u1", "(2, 3)", SixBytes), NumpyFiles.Npy("|u1", "(1, 2)", [0, 1]), "labels have one dimension, but this array has (1, 2)" },
        { NumpyFiles.Npy("|u1", "(2, 3)", SixBytes), NumpyFiles.Npy("<f4", "(2,)", [.. BitConverter.GetBytes(0.5f), .. BitConverter.GetBytes(-1f)]), "label 0 must be a number 0..255, found 0.5; label 1" },
        { NumpyFiles.Npy("<f4", "(2, 1)", [.. BitConverter.GetBytes(0.5f), .. BitConverter.GetBytes(float.NaN)]), TwoLabels, "element [0, 0]: values without a stated range" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void DamageIsNamed(byte[] x, byte[] y, string law)
    {
        folder.Write("x.npy", x);
        folder.Write("y.npy", y);
        var problem = Assert.Throws<DatasetException>(
            () => Load("""{ "train": { "samples": "x.npy", "labels": "y.npy" }, "testFraction": 0.5 }"""));
        Assert.Contains(law, problem.Message);
        Assert.Contains(".npy", problem.Message);
    }

    [Fact]
    public void AnyMutationOfAnArchiveIsAnErrorOrHarmless() => MutateArchive(seeds: 500);

    [Fact]
    [Trait("Category", "Exhaustive")]
    public void AnyMutationOfAnArchiveIsAnErrorOrHarmlessExhaustively() => MutateArchive(seeds: 20000);

    private void MutateArchive(ulong seeds)
    {
        byte[] x = NumpyFiles.Npy("|u1", "(2, 3)", SixBytes);
        byte[] good = NumpyFiles.Npz(CompressionLevel.Optimal, ("x_train", x), ("y_train", TwoLabels), ("x_test", x), ("y_test", TwoLabels));
        ulong errors = 0;
        for (ulong seed = 0; seed < seeds; seed++)
        {
            string path = folder.Write("mine.npz", Mutations.Of(good, new SeededRandom(seed)));
            try
            {
                Dataset data = DatasetCatalog.Load(path);
                Assert.Equal(SixBytes, data.Train.Pixels.ToArray());
                Assert.Equal(SixBytes, data.Test.Value.Pixels.ToArray());
            }
            catch (DatasetException problem)
            {
                Assert.StartsWith(path, problem.Message);
                errors++;
            }
        }

        Assert.InRange(errors, seeds / 2, seeds - 1);
    }

    [Fact]
    public void AnAbsentKeyIsAnsweredWithThoseThatAreThere()
    {
        string path = folder.Write("mine.npz", NumpyFiles.Npz(CompressionLevel.Optimal, ("a", TwoLabels), ("b", TwoLabels)));
        Assert.Contains("the archive has no array 'x_train'; it has a, b.", Assert.Throws<DatasetException>(() => DatasetCatalog.Load(path)).Message);
    }

    public void Dispose() => folder.Dispose();

    private Dataset Load(string manifest)
    {
        folder.Write("dataset.json", manifest);
        return DatasetCatalog.Load(folder.Path);
    }
}
