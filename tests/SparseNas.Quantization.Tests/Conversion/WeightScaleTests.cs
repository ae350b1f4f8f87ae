using SparseNas.Networks;
using SparseNas.Quantization.Conversion;

namespace SparseNas.Quantization.Tests.Conversion;

public class WeightScaleTests
{
    [Fact]
    public void EightBitsReachFromEndToEnd() => Assert.Equal(2.54 / 127, WeightScale.Fit([0.1f, -2.54f, 1f], 8), 6);

    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    [InlineData(2)]
    [InlineData(WeightWidth.Ternary)]
    public void WeightsOnAGridKeepIt(int bits)
    {
        int codes = WeightWidth.Largest(bits);
        for (ulong seed = 0; seed < 200; seed++)
        {
            var random = new SeededRandom(seed);
            double scale = 0.01 + random.NextDouble();
            int[] wanted = [.. Enumerable.Range(0, random.Next(2, 60)).Select(_ => random.Next(WeightWidth.Smallest(bits), codes + 1))];
            float[] weights = [.. wanted.Select(code => (float)(code * scale))];
            double fitted = WeightScale.Fit(weights, bits);
            Assert.All(weights, weight => Assert.Equal(weight, fitted * WeightScale.Code(weight, fitted, bits), 1e-5 * scale));
        }
    }

    /// <summary>Oracle: a fine scan over all scales.</summary>
    [Theory]
    [InlineData(4, 1.02)]
    [InlineData(3, 1.02)]
    [InlineData(2, 1.02)]
    [InlineData(WeightWidth.Ternary, 1.02)]
    public void TheScaleIsCloseToTheBest(int bits, double factor)
    {
        for (ulong seed = 0; seed < 30; seed++)
        {
            var random = new SeededRandom(seed);
            float[] weights = [.. Enumerable.Range(0, 40).Select(_ => (float)random.NextNormal())];
            double best = Enumerable.Range(1, 2000).Min(step => Error(weights, step * 0.002, bits));
            Assert.InRange(Error(weights, WeightScale.Fit(weights, bits), bits), 0, factor * best);
        }
    }

    private static double Error(float[] weights, double scale, int bits) =>
        weights.Sum(weight => Math.Pow(weight - (scale * WeightScale.Code(weight, scale, bits)), 2));
}
