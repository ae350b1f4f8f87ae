using SparseNas.Networks;
using SparseNas.Quantization.Arithmetic;

namespace SparseNas.Quantization.Tests.Arithmetic;

/// <summary>Oracle: every input of a small kernel.</summary>
public class AccumulatorBoundTests
{
    [Fact]
    public void TheBoundIsReachedAndNeverPassed()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            var random = new SeededRandom(seed);
            var input = new TensorFormat(4, 1, random.Next(16));
            sbyte[] weights = [.. Enumerable.Range(0, 6).Select(_ => (sbyte)random.Next(-127, 128))];
            var kernel = new IntegerKernel([.. weights], 8, [random.Next(-500, 500), random.Next(-500, 500)], input.ZeroPoint);
            for (int channel = 0; channel < 2; channel++)
            {
                int[] sums = [.. from a in Enumerable.Range(0, 16) from b in Enumerable.Range(0, 16) from c in Enumerable.Range(0, 16)
                    select kernel.Biases[channel] + (weights[3 * channel] * (a - input.ZeroPoint))
                        + (weights[(3 * channel) + 1] * (b - input.ZeroPoint))
                        + (weights[(3 * channel) + 2] * (c - input.ZeroPoint))];
                Assert.Equal(new AccumulatorBound(sums.Min(), sums.Max()), AccumulatorBound.Of(kernel, channel, input));
            }
        }
    }

    [Theory]
    [InlineData(1, 30, true)]
    [InlineData(1, 31, true)]
    [InlineData(1, 32, false)]
    [InlineData(32767, 1, true)]
    [InlineData(32769, 1, false)]
    public void RequantisationIn32BitsIsProvedFromProductAndRounding(int multiplier, int shift, bool fits) =>
        Assert.Equal(fits, new AccumulatorBound(-65535, 65535).RequantizesInInt32(multiplier, shift));
}
