using SparseNas.Training.Data;
using SparseNas.Training.Data.Catalog;

namespace SparseNas.Training.Tests.Data.Catalog;

public sealed class DatasetFactsTests
{
    [Fact]
    public void EveryDatasetStatesItsTermsAndFiles()
    {
        Assert.Equal(["glyphs", "mnist", "fashion-mnist", "kmnist", "cifar10", "cifar10-binary", "chars74k", "optdigits"], DatasetCatalog.Names.ToArray());
        foreach (DatasetFacts facts in DatasetFacts.All)
        {
            Assert.NotEmpty(facts.Licence);
            Assert.NotEmpty(facts.WhenRecognised);
            Assert.Equal(3, facts.Shape.Length);
            Assert.Equal(facts.ClassNames.Length, facts.ClassNames.Distinct().Count());
            Assert.Equal(facts.Name == "glyphs", facts.FileFacts.Files.IsEmpty);
            foreach (KnownFile file in facts.Files)
            {
                Assert.StartsWith(facts.Name + "/", file.Path);
                Assert.Matches("^[0-9a-f]{64}$", file.Sha256);
                Assert.True(file.Url is null || Uri.IsWellFormedUriString(file.Url, UriKind.Absolute));
            }
        }
    }

    [DataFact("mnist")]
    public void TheTableAgreesWithTheSumsBesideTheFiles()
    {
        var published = File.ReadAllLines(Path.Combine(SharedFiles.DataFolder!, "SHA256SUMS")).Select(line => line.Split("  ")).ToDictionary(parts => parts[1], parts => parts[0]);
        var table = DatasetFacts.All.SelectMany(facts => facts.Files).ToDictionary(file => file.Path, file => file.Sha256);
        Assert.All(published, file => Assert.Equal(file.Value, table.GetValueOrDefault(file.Key)));
        Assert.Equal(["kmnist/train-images-idx3-ubyte.gz"], table.Keys.Except(published.Keys));
    }
}
