using System.Diagnostics;
using System.Security.Cryptography;
using SparseNas.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Training.Tests.Data;

/// <summary>The files as their givers publish them: sizes, classes, and the first image of each part to the byte.</summary>
public sealed class RealDataTests
{
    [DataTheory("mnist")]
    [InlineData("mnist")]
    public void MnistIsReadToTheByte(string name) => IsAsPublished(name, 60_000, 10_000);

    [DataTheory("fashion-mnist")]
    [InlineData("fashion-mnist")]
    public void FashionMnistIsReadToTheByte(string name) => IsAsPublished(name, 60_000, 10_000);

    private static void IsAsPublished(string name, int trainCount, int testCount)
    {
        Dataset dataset = DatasetCatalog.Load(name, SharedFiles.DataFolder);
        Assert.Equal((trainCount, testCount), (dataset.Train.Count, dataset.Test.Value.Count));
    }
}
