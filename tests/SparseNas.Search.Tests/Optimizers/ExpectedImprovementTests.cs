using SparseNas.Networks;

namespace SparseNas.Search.Tests;

public class ExpectedImprovementTests
{
    [Fact]
    public void TheExactExpectationIsTheMeanOfManyDraws()
    {
        SeededRandom random = new(11);
        for (int repeat = 0; repeat < 40; repeat++)
        {
            int objectives = 1 + random.Next(4), axis = random.Next(objectives);
            double[] Point() => [.. Enumerable.Range(0, objectives).Select(_ => random.NextDouble() * 1.2)];
            double[][] front = [.. Enumerable.Range(0, random.Next(12)).Select(_ => Point())];
            double[] middle = Point();
            double deviation = 0.3 * random.NextDouble();

            double[] growths = [.. Enumerable.Range(0, 3000).Select(_ => ExpectedImprovement.Growth([.. middle.Select((value, index) => index == axis ? value + (deviation * random.NextNormal()) : value)], front))];
            double mean = growths.Average(), error = Math.Sqrt(growths.Sum(value => (value - mean) * (value - mean))) / growths.Length;
            Assert.Equal(mean, ExpectedImprovement.Expected(middle, axis, deviation, front), (5 * error) + 1e-4);
        }
    }

    [Fact]
    public void WithoutUncertaintyItIsTheGrowthItself()
    {
        Assert.Equal(0.25, ExpectedImprovement.Expected([0.5, 0.5], 0, 0, []), 12);
        Assert.Equal(0.25 - 0.04, ExpectedImprovement.Expected([0.5, 0.5], 1, 0, [[0.8, 0.8]]), 12);
        Assert.Equal(0, ExpectedImprovement.Expected([0.5, 0.5], 1, 0, [[0.5, 0.4]]), 12);
    }

    [Fact]
    public void TheNormalDistributionIsThatOfTheTables()
    {
        Assert.Equal(0.5, NormalDistribution.Below(0), 12);
        Assert.Equal(0.9750021048517795, NormalDistribution.Below(1.96), 12);
        Assert.Equal(0.0013498980316300933, NormalDistribution.Below(-3), 12);
        Assert.Equal(2.866515718791933e-07, NormalDistribution.Below(-5), 15);
        Assert.Equal(0.3989422804014327, NormalDistribution.Density(0), 12);
    }
}
