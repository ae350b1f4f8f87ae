using System.IO.Compression;
using System.Security.Cryptography;
using SparseNas.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Training.Tests.Data;

/// <summary>
/// The published files, read to the byte: sizes, classes, and SHA-256 of the first image of each part. The checksums were computed by
/// other programs (zcat, tail and sha256sum on the files; CIFAR-10 interleaved by a script).
/// </summary>
public sealed class RealDataTests
{
    private static readonly Shape Grey28 = new(28, 28, 1);
    private static readonly Lazy<Dataset> Cifar10 = new(() => Load("cifar10"));

    [DataFact("mnist")]
    public void MnistIsReadToTheByte()
    {
        Dataset mnist = Load("mnist");
        Holds(mnist.Train, Grey28, 60_000, 5, "23ceaef5eb61f0e70d64ac18fdf0f60df3d5971cf30bbadac7b6ebf07f782d2c");
        Holds(mnist.Test.Value, Grey28, 10_000, 7, "8f6a418c9a639f9e14e96feca47a97df2a35a0a68ae2875431c5c80e05536941");
        Assert.Equal([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], Histogram(mnist.Train));
        Assert.Equal([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], Histogram(mnist.Test.Value));
    }

    [DataFact("mnist")]
    public void MnistLoadsInLessThanASecond()
    {
        // A machine that is busy with other work slows plain inflating too, which then sets the limit.
        string images = Path.Combine(SharedFiles.DataFolder!, "mnist", "train-images-idx3-ubyte.gz");
        TimeSpan inflating = BestOf.Runs(3, () => Inflate(images));
        TimeSpan limit = TimeSpan.FromSeconds(Math.Max(1, 4 * inflating.TotalSeconds));
        TimeSpan best = BestOf.Runs(5, () => Load("mnist"));
        Assert.True(best < limit, $"60,000 images took {best.TotalMilliseconds:F0} ms, inflating alone {inflating.TotalMilliseconds:F0} ms");
    }

    [DataFact("fashion-mnist")]
    public void FashionMnistIsReadToTheByte()
    {
        Dataset fashion = Load("fashion-mnist");
        Holds(fashion.Train, Grey28, 60_000, 9, "5bd44e331a6d6998daf675700cd0c13dcd7af8ab954b7585124124da61459e7b");
        Holds(fashion.Test.Value, Grey28, 10_000, 9, "ffc7351ed0f8bae542820866086177fa4e0b366b97bf9d998dffdb8dbe138787");
        Assert.All(Histogram(fashion.Train), size => Assert.Equal(6000, size));
        Assert.Equal("ankle boot", fashion.ClassNames[fashion.Train.Label(0)]);
    }

    [DataFact("kmnist")]
    public void KmnistWithoutTrainingImagesSplitsItsTestFileAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        foreach (string file in new[] { "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz" })
            folder.Write($"kmnist/{file}", File.ReadAllBytes(Path.Combine(SharedFiles.DataFolder!, "kmnist", file)));
        Dataset kmnist = DatasetCatalog.Load("kmnist", folder.Path);
        Holds(kmnist.Train, Grey28, 8000, 2, "05d68c00dba47618f04c8fb7c61b44f99f855e72815a195fcc4ea3adfcf2ba45");
        Assert.Equal(2000, kmnist.Test.Value.Count);
        Assert.All(Histogram(kmnist.Train), size => Assert.Equal(800, size));
        Assert.All(Histogram(kmnist.Test.Value), size => Assert.Equal(200, size));
        Assert.Contains("not comparable with the published split", kmnist.Provenance);
    }

    [DataFact("cifar10")]
    public void Cifar10IsReadToTheByte()
    {
        Dataset cifar = Cifar10.Value;
        var shape = new Shape(32, 32, 3);
        Holds(cifar.Train, shape, 50_000, 6, "7cbda40c52a00fdb4343e76a94b670a6280112167d0e5a0acd9dfeb76d34cff4");
        Holds(cifar.Test.Value, shape, 10_000, 3, "af12e1241a1e7a0c9ba326825279bef5fe961ceb5f95212a99f9b1f22711f913");
        Assert.All(Histogram(cifar.Train), size => Assert.Equal(5000, size));
        Assert.All(Histogram(cifar.Test.Value), size => Assert.Equal(1000, size));
    }

    [DataFact("cifar10")]
    public void Cifar10AsTwoClassesHasTheSameImagesAndHalvesOfTheLabels()
    {
        Dataset ten = Cifar10.Value, two = Load("cifar10-binary");
        Assert.True(ten.Test.Value.Pixels.SequenceEqual(two.Test.Value.Pixels));
        Assert.Equal(ten.Test.Value.Labels.ToArray().Select(label => label / 5), two.Test.Value.Labels.ToArray().Select(label => (int)label));
        Assert.Equal([25_000, 25_000], Histogram(two.Train));
        bool isRebuilt = File.Exists(Path.Combine(SharedFiles.DataFolder!, "cifar10", "approximate-images.csv"));
        Assert.Equal(isRebuilt, two.Provenance.Contains("rebuilt, not the original files"));
    }

    [DataFact("chars74k")]
    public void Chars74kIsSplitIntoTheSizesOfChars4K()
    {
        Dataset chars = Load("chars74k");
        Holds(chars.Train, new Shape(20, 20, 3), 4397, 49, "902f0d4e67c4465519a24cc562d10b473f45efd03cbdce4caeec8e2ccf68e9d8");
        Assert.Equal((1886, 62), (chars.Test.Value.Count, chars.Classes));
        int[] train = Histogram(chars.Train), test = Histogram(chars.Test.Value);
        Assert.All(Enumerable.Range(0, 62), label => Assert.Equal(1886.0 / 6283 * (train[label] + test[label]), test[label], tolerance: 1.0));
    }

    [DataFact("optdigits")]
    public void OptdigitsIsReadToTheByte()
    {
        Dataset digits = Load("optdigits");
        var shape = new Shape(8, 8, 1);
        Holds(digits.Train, shape, 3823, 0, "0b06e50d48f517968ae2e87f3c0e96a839f8b93b2af07607f0f10974022518fe");
        Holds(digits.Test.Value, shape, 1797, 0, "9bc74a9fdeea9a14cfca731bfe65cb93d1749efb8b892acd2f3bd43bf9443ffa");
        Assert.Equal([376, 389, 380, 389, 387, 376, 377, 387, 380, 382], Histogram(digits.Train)); // optdigits.names, section 9
        Assert.Equal(1f, digits.Encoding.ToReal(16));
    }

    [DataFact("mnist")]
    public void TestDataStaysUnreadUntilItIsAskedFor()
    {
        using var folder = new TemporaryFolder();
        foreach (string file in new[] { "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz" })
            folder.Write($"mnist/{file}", File.ReadAllBytes(Path.Combine(SharedFiles.DataFolder!, "mnist", file)));
        Dataset mnist = DatasetCatalog.Load("mnist", folder.Path);
        Assert.False(mnist.Test.IsValueCreated);
        Assert.Contains("t10k", Assert.Throws<DatasetException>(() => mnist.Test.Value).Message);
    }

    private static void Inflate(string path)
    {
        using var inflated = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        inflated.CopyTo(Stream.Null);
    }

    private static Dataset Load(string name) => DatasetCatalog.Load(name, SharedFiles.DataFolder);

    private static void Holds(Samples samples, Shape shape, int count, int firstLabel, string firstImageSha256)
    {
        Assert.Equal((shape, count, firstLabel), (samples.Shape, samples.Count, samples.Label(0)));
        Assert.Equal(firstImageSha256, Convert.ToHexStringLower(SHA256.HashData(samples.Image(0))));
    }

    private static int[] Histogram(Samples samples)
    {
        var sizes = new int[samples.Classes];
        foreach (byte label in samples.Labels) sizes[label]++;
        return sizes;
    }
}
