using SparseNas.Networks;

namespace SparseNas.Pruning.Tests.Selection;

public class WeightSelectorTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.001)]
    [InlineData(0.5)]
    [InlineData(0.87)]
    [InlineData(0.999)]
    public void ExactlyTheTargetDies(double sparsity)
    {
        PrunedKernel[] kernels = [Kernel(1, 700), Kernel(2, 31), Kernel(3, 1)];
        new WeightSelector().Select(kernels, sparsity);
        Assert.Equal((int)Math.Round(sparsity * 732), kernels.Sum(kernel => kernel.Mask.Count(alive => !alive)));
    }

    [Fact]
    public void EqualsTheScoresSortedOneByOne()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            PrunedKernel[] kernels = [Kernel(seed, 90, 1), Kernel(seed + 100, 40, 20), Kernel(seed + 200, 10, 0.01f)];
            new WeightSelector().Select(kernels, 0.6);
            var scores = kernels.SelectMany((kernel, layer) => Lamp(kernel.Weights).Select((score, index) => (score, layer, index)))
                .OrderBy(entry => entry.score).Take(84).ToHashSet();
            foreach ((double score, int layer, int index) in scores)
            {
                Assert.False(kernels[layer].Mask[index], $"seed {seed}: weight {index} of layer {layer} with score {score} lives");
            }
        }
    }

    [Fact]
    public void TiesAndZerosAreCutToTheNumber()
    {
        PrunedKernel[] kernels = [new PrunedKernel(0, 10), new PrunedKernel(1, 10)];
        kernels[0].Weights.AsSpan().Fill(2f);
        new WeightSelector().Select(kernels, 0.35);
        Assert.Equal(7, kernels.Sum(kernel => kernel.Mask.Count(alive => !alive)));
        Assert.DoesNotContain(false, kernels[0].Mask);
    }

    [Fact]
    public void TheLargestWeightOfALayerOutlivesEverything()
    {
        PrunedKernel[] kernels = [Kernel(1, 500, 100), Kernel(2, 50, 1e-6f)];
        new WeightSelector().Select(kernels, 0.98);
        Assert.All(kernels, kernel => Assert.Contains(true, kernel.Mask));
    }

    private static PrunedKernel Kernel(ulong seed, int count, float scale = 1)
    {
        var kernel = new PrunedKernel((int)seed, count);
        var random = new SeededRandom(seed);
        foreach (ref float weight in kernel.Weights.AsSpan()) weight = (float)random.NextNormal() * scale;
        return kernel;
    }

    private static double[] Lamp(float[] weights) =>
        [.. weights.Select(weight => (double)weight * weight / weights.Where(other => Math.Abs(other) >= Math.Abs(weight)).Sum(other => (double)other * other))];
}
