using SparseNas.Networks;
using SparseNas.Quantization.Execution;

namespace SparseNas.Quantization.Tests.Execution;

public class IntegerSoftmaxTests
{
    [Fact]
    public void Probabilities_are_those_of_real_numbers_to_four_digits()
    {
        SeededRandom random = new(7);
        for (int trial = 0; trial < 500; trial++)
        {
            double scale = Math.Pow(10, -6 + (6 * random.NextDouble()));
            int[] logits = [.. Enumerable.Range(0, random.Next(2, 12)).Select(_ => (int)Math.Clamp(random.NextNormal() * 4 / scale, -1e9, 1e9))];
            int[] probabilities = IntegerSoftmax.For((float)scale).Probabilities(logits);
            double[] powers = [.. logits.Select(logit => Math.Exp((logit - (double)logits.Max()) * (float)scale))];
            for (int index = 0; index < logits.Length; index++)
            {
                Assert.InRange(probabilities[index] - (powers[index] / powers.Sum() * IntegerSoftmax.One), -3, 3);
            }
        }
    }

    [Fact]
    public void Equal_logits_share_evenly_and_extremes_do_not_overflow()
    {
        IntegerSoftmax softmax = IntegerSoftmax.For(0.01f);
        Assert.Equal([2500, 2500, 2500, 2500], softmax.Probabilities([-7, -7, -7, -7]));
        Assert.Equal([0, 10_000], softmax.Probabilities([int.MinValue, int.MaxValue]));
        Assert.Equal([10_000, 0], IntegerSoftmax.For(1e3f).Probabilities([int.MaxValue, int.MinValue]));
        Assert.Equal([5000, 5000], IntegerSoftmax.For(1e-20f).Probabilities([int.MaxValue, int.MinValue]));
    }
}
