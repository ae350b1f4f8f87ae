using SparseNas.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Training.Tests.Data;

public sealed class SamplesTests
{
    [Fact]
    public void ImagesAndLabelsAreFoundByIndex()
    {
        var samples = new Samples(new Shape(1, 2, 1), 3, [10, 11, 20, 21, 30, 31], [0, 2, 1]);
        Assert.Equal([20, 21], samples.Image(1).ToArray());
        Assert.Equal(2, samples.Label(1));
        Assert.Equal([10, 11, 20, 21], samples.Take(2).Pixels.ToArray());
        Assert.Equal([30, 31, 10, 11, 30, 31], samples.Select([2, 0, 2]).Pixels.ToArray());
        Assert.Equal([1, 0, 1], samples.Select([2, 0, 2]).Labels.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => samples.Image(3).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => samples.Take(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => samples.Select([-1]));
    }

    [Theory]
    [InlineData(0, 2, 4, 2, "at least 1")]
    [InlineData(2, 0, 4, 2, "1..256")]
    [InlineData(2, 257, 4, 2, "1..256")]
    [InlineData(2, 2, 5, 2, "2 samples of 1x2x1 are 4 bytes, but 5")]
    [InlineData(2, 1, 4, 2, "below 1, but sample 1 has label 1")]
    public void WhatDoesNotFitIsRefusedWithItsValues(int width, int classes, int bytes, int count, string law)
    {
        byte[] labels = [.. Enumerable.Range(0, count).Select(label => (byte)label)];
        var problem = Assert.Throws<ArgumentException>(() => new Samples(new Shape(1, width, 1), classes, new byte[bytes], labels));
        Assert.Contains(law, problem.Message);
    }

    [Fact]
    public void AStratifiedSplitHasEverySampleOnceAndEachClassInProportion()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var random = new SeededRandom(seed);
            Samples samples = Numbered(random, classes: 1 + random.Next(12), count: 1 + random.Next(300));
            double fraction = random.NextDouble() * 0.9;
            (Samples train, Samples validation) = samples.SplitStratified(fraction, new SeededRandom(seed, 1));

            Assert.Equal((int)Math.Round(fraction * samples.Count), validation.Count);
            int[] trainNumbers = Numbers(train), validationNumbers = Numbers(validation);
            Assert.Equal(Enumerable.Range(0, samples.Count), trainNumbers.Concat(validationNumbers).Order());
            Assert.Equal(trainNumbers.Order(), trainNumbers);
            for (int label = 0; label < samples.Classes; label++)
            {
                double share = samples.Labels.Count((byte)label) * (validation.Count / (double)samples.Count);
                Assert.InRange(validation.Labels.Count((byte)label), Math.Floor(share - 1e-9), Math.Ceiling(share + 1e-9));
            }
        }
    }

    [Fact]
    public void ASplitDependsOnTheSeedAlone()
    {
        Samples samples = Numbered(new SeededRandom(5), 10, 1000);
        int[] Held(ulong seed) => Numbers(samples.SplitStratified(0.1, new SeededRandom(seed)).Validation);
        Assert.Equal(Held(1), Held(1));
        Assert.NotEqual(Held(1), Held(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => samples.SplitStratified(1, new SeededRandom(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => samples.SplitStratified(double.NaN, new SeededRandom(1)));
    }

    // Two bytes of each sample hold its number, so that a split can be followed.
    private static Samples Numbered(SeededRandom random, int classes, int count)
    {
        byte[] labels = [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(classes))];
        byte[] pixels = [.. Enumerable.Range(0, count).SelectMany(number => new[] { (byte)(number >> 8), (byte)number })];
        return new Samples(new Shape(1, 1, 2), classes, pixels, labels);
    }

    private static int[] Numbers(Samples samples) =>
        [.. Enumerable.Range(0, samples.Count).Select(index => (samples.Image(index)[0] << 8) | samples.Image(index)[1])];
}
