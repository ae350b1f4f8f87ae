using System.Security.Cryptography;
using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Data.Glyphs;

namespace SparseNas.Training.Tests.Data.Glyphs;

public sealed class GlyphsDatasetTests
{
    [Fact]
    public void ALinearModelStaysBelow90PercentButLearns()
    {
        Dataset glyphs = GlyphsDataset.Create();
        double best = new[] { 0.003f, 0.01f, 0.03f }
            .Max(rate => SoftmaxRegression.Fit(glyphs.Train, epochs: 15, rate, new SeededRandom(1)).Accuracy(glyphs.Test.Value));
        Assert.InRange(best, 0.80, 0.90);
    }

    [Fact]
    public void TheSameSeedGivesTheSameBytesOnEveryMachine()
    {
        Dataset glyphs = GlyphsDataset.Create(trainCount: 1000, testCount: 1000);
        Assert.Equal("8d2ac0cf10af273cbec9a4d0a6d1ad60852fc8d10d9b409d3f72708d60a36005", Convert.ToHexStringLower(SHA256.HashData(glyphs.Train.Pixels)));
        Assert.Equal("fc08abb32f69a8b1014f1185e87da774842a997210f259bded286c372332af0a", Convert.ToHexStringLower(SHA256.HashData(glyphs.Test.Value.Pixels)));
    }

    [Fact]
    public void TheFirstSamplesDoNotDependOnTheCountAndSeedsAndPartsDiffer()
    {
        Samples few = GlyphsDataset.Create(100, 100).Train, many = GlyphsDataset.Create(500, 100).Train;
        Assert.True(few.Pixels.SequenceEqual(many.Take(100).Pixels));
        Assert.False(few.Pixels.SequenceEqual(GlyphsDataset.Create(100, 100).Test.Value.Pixels));
        Assert.False(few.Pixels.SequenceEqual(GlyphsDataset.Create(100, 100, seed: 2).Train.Pixels));
        Assert.Equal(Enumerable.Range(0, 100).Select(index => index % 10), few.Labels.ToArray().Select(label => (int)label));
    }

    [Fact]
    public void NoImageIsEmptyAndInkIsBrighterThanPaper()
    {
        Samples glyphs = GlyphsDataset.Create(2000, 1).Train;
        for (int index = 0; index < glyphs.Count; index++)
        {
            byte[] sorted = [.. glyphs.Image(index).ToArray().Order()];
            Assert.True(sorted[^30] - sorted[400] > 50, $"sample {index}: median {sorted[400]}, 30th brightest {sorted[^30]}");
        }
    }

    /// <summary>About a quarter of a second on an idle core; the limit catches a mistake by an order of magnitude, not a loaded machine.</summary>
    [Fact]
    public void TenThousandImagesAreDrawnInSeconds()
    {
        TimeSpan best = BestOf.Runs(3, () => GlyphsDataset.Create(10_000, 1));
        Assert.True(best < TimeSpan.FromSeconds(10), $"10,000 images took {best.TotalMilliseconds:F0} ms");
    }
}
