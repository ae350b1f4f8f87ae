using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Tests.Data.Formats;

namespace SparseNas.Training.Tests.Data;

/// <summary>What the catalogue makes of folders, with small files in the published formats.</summary>
public sealed class DatasetCatalogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void KmnistWithItsTrainingImagesKeepsThePublishedSplit()
    {
        WriteIdx("kmnist", "train", 30, 28);
        WriteIdx("kmnist", "t10k", 20, 28);
        Dataset kmnist = DatasetCatalog.Load("kmnist", folder.Path);
        Assert.Equal((30, 20), (kmnist.Train.Count, kmnist.Test.Value.Count));
        Assert.DoesNotContain("not comparable", kmnist.Provenance);
    }

    [Fact]
    public void FilesOfAnotherShapeAreRefused()
    {
        WriteIdx("mnist", "train", 30, 27);
        WriteIdx("mnist", "t10k", 30, 28);
        Assert.Contains(
            "A sample of 'mnist' is 28x28x1, but the files hold samples of 27x27x1.",
            Assert.Throws<DatasetException>(() => DatasetCatalog.Load("mnist", folder.Path)).Message);
    }

    [Fact]
    public void AFolderWithMnistsNamesIsAUsersDataset()
    {
        WriteIdx("mine", "train", 30, 5);
        WriteIdx("mine", "t10k", 10, 5);
        Dataset mine = DatasetCatalog.Load(Path.Combine(folder.Path, "mine") + Path.DirectorySeparatorChar);
        Assert.Equal(("mine", 10, new Shape(5, 5, 1)), (mine.Name, mine.Classes, mine.Shape));
        Assert.Equal(10, mine.Test.Value.Count);
    }

    [Fact]
    public void OriginalCifarBatchesAreNotCalledRebuilt()
    {
        byte[] record = [3, .. new byte[3072]];
        for (int batch = 1; batch <= 5; batch++) folder.Write($"cifar10/data_batch_{batch}.bin", record);
        folder.Write("cifar10/test_batch.bin", record);
        Dataset cifar = DatasetCatalog.Load("cifar10", folder.Path);
        Assert.Equal((5, 1), (cifar.Train.Count, cifar.Test.Value.Count));
        Assert.DoesNotContain("rebuilt", cifar.Provenance);
    }

    public void Dispose() => folder.Dispose();

    private void WriteIdx(string dataset, string part, int count, int side)
    {
        byte[] labels = [.. Enumerable.Range(0, count).Select(index => (byte)(index % 10))];
        folder.Write($"{dataset}/{part}-images-idx3-ubyte", IdxFileTests.Idx([count, side, side], new byte[count * side * side]));
        folder.Write($"{dataset}/{part}-labels-idx1-ubyte.gz", TemporaryFolder.Gzip(IdxFileTests.Idx([count], labels)));
    }
}
